/** `npm run demo [-- --reset]`: the hub with a sample company, a sample CRM and a sample ERP. */
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog } from '#platform/log.ts';
import { rightsOf } from './rights.ts';
import { samplePeople } from './sample-people.ts';
import { type Demo, startDemo } from './start.ts';

const root = resolve(import.meta.dirname, '../..');
const data = resolve(root, 'data/demo');
const ports = { hub: 4000, crm: 4001, erp: 4002 };
const width = Math.min(process.stdout.columns ?? 110, 120);

async function run(): Promise<void> {
  if (readOptions().reset) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const began = performance.now();
  // What needs the operator's eye comes to the terminal; the rest is in data/demo/hub.log.
  const log = createLog({ destination: resolve(data, 'hub.log') });
  const demo = await startDemo({ ports, data, log, progress: (doing) => say(`… ${doing}`) });
  stopOnSignal(demo);
  await introduce(demo, (performance.now() - began) / 1000);
}

async function introduce({ hub, addresses }: Demo, seconds: number): Promise<void> {
  say(`\nReady after ${seconds.toFixed(1)} s. Open one of these in a browser:\n`);
  say(`  Customer desk (CRM)  ${addresses.crm}`);
  say(`  Back office (ERP)    ${addresses.erp}`);
  say(`  The hub              ${addresses.hub}\n`);
  say('Who can sign in (all of this is sample data), and what they may do:\n');
  for (const { email, passphrase } of samplePeople) {
    const { name, jobTitle, lines } = await rightsOf(hub.services, email);
    say(`  ${name}, ${jobTitle}`);
    say(`    e-mail      ${email}`);
    say(`    passphrase  ${passphrase}`);
    for (const line of lines) say(wrapped(line));
    say('');
  }
  say('Watch the record as it grows, in a second terminal:');
  say('  npm run hub -- audit tail');
  say('Ctrl-C stops. State stays in data/demo; npm run demo -- --reset starts afresh.');
}

function readOptions(): { reset: boolean } {
  try {
    const { values } = parseArgs({ options: { reset: { type: 'boolean', default: false } } });
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\nUse: npm run demo [-- --reset]`);
    process.exit(2);
  }
}

function stopOnSignal(demo: Demo): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      say('\nStopping.');
      setTimeout(() => process.exit(1), 9500).unref();
      demo.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}

/** A long line broken between its parts and indented. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '   ';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width) {
      lines.push(line);
      line = '     ';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function explain(error: unknown): string {
  const { code, port, message } = error as { code?: string; port?: number; message?: string };
  if (code !== 'EADDRINUSE') return message ?? String(error);
  return `Port ${port} is taken. The demo needs ${Object.values(ports).join(', ')}; stop what uses it (is a demo running already?) and try again.`;
}

try {
  await run();
} catch (error) {
  console.error(`The demo could not start. ${explain(error)}`);
  process.exitCode = 1;
}
