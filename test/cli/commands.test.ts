/** The command line as scripts see it: exit codes, `--json`, the same answers with and without a running hub. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Place, place, type Running } from '#test/support/hub-process.ts';

function json<T>(text: string): T {
  assert.equal(text.trimEnd().split('\n').length, 1, 'one document and nothing else');
  return JSON.parse(text) as T;
}

for (const mode of ['while no hub runs', 'while the hub runs'] as const) {
  describe(mode, () => {
    let at: Place;
    let running: Running | undefined;
    before(async () => {
      at = await place();
      if (mode === 'while the hub runs') running = await at.start();
    });
    after(async () => {
      await running?.stop();
      at.remove();
    });

    test('doctor says what is right and what to know', async () => {
      const { code, out } = await at.hub('doctor', '--json');
      const { ok, checks } = json<{ ok: boolean; checks: { check: string; state: string; detail: string }[] }>(out);
      assert.equal(code, 0, out);
      assert.equal(ok, true);
      const store = checks.find((finding) => finding.check === 'store');
      assert.match(store?.detail ?? '', running === undefined ? /no hub is running/ : /served by the running hub/);
      assert.ok(checks.some((finding) => finding.check === 'systems' && finding.state === 'warning'));
    });

    test('a system is added once, listed without its secret, and refused with every fault', async () => {
      const file = join(at.folder, 'system.yaml');
      writeFileSync(
        file,
        'id: crm\ntitle: Desk\nside: crm\nredirectUris: ["http://localhost:9/cb"]\nclientSecret: not-for-lists-0123456789\n',
      );
      assert.equal((await at.hub('systems', 'add', file, '--json')).code, 0);
      const list = await at.hub('systems', 'list', '--json');
      const { items } = json<{ items: { id: string; origin: string }[] }>(list.out);
      assert.deepEqual(
        items.map(({ id, origin }) => [id, origin]),
        [['crm', 'console']],
      );
      assert.doesNotMatch(list.out, /not-for-lists/);
      const again = await at.hub('systems', 'add', file, '--json');
      assert.equal(again.code, 1);
      assert.equal(json<{ code: string }>(again.out).code, 'already-exists');
      writeFileSync(file, 'id: CRM\ntitle: Desk\nside: front\nredirectUri: x\n');
      const bad = await at.hub('systems', 'add', file, '--json');
      assert.equal(bad.code, 1);
      const { faults } = json<{ faults: { path: string }[] }>(bad.out);
      assert.deepEqual(faults.map(({ path }) => path).sort(), [
        'clientSecret',
        'id',
        'redirectUri',
        'redirectUris',
        'side',
      ]);
    });

    test('a product is connected by its module, rotated, tested and removed', async () => {
      const words = ['--provider', 'generic', '--title', 'Front desk', '--url', 'http://localhost:9'];
      const added = await at.hub('systems', 'add', ...words, '--json');
      assert.equal(added.code, 0, added.out);
      const made = json<{ id: string; secret: string; guide: { step: string; field: string; value: string }[] }>(
        added.out,
      );
      assert.equal(made.id, 'front-desk');
      assert.ok(made.guide.some(({ value }) => value === made.secret));
      const guide = await at.hub('systems', 'guide', 'front-desk', '--json');
      assert.equal(json<{ guide: object[] }>(guide.out).guide.length, made.guide.length);
      assert.ok(!guide.out.includes(made.secret));
      const rotated = await at.hub('systems', 'rotate-secret', 'front-desk', '--overlap', '2h', '--json');
      assert.match(json<{ secret: string }>(rotated.out).secret, /^[A-Za-z0-9]{43}$/);
      assert.equal((await at.hub('systems', 'rotate-secret', 'front-desk', '--overlap', 'soon')).code, 2);
      // Nothing listens on that port.
      const tested = await at.hub('systems', 'test', 'front-desk', '--json');
      assert.deepEqual([tested.code, json<{ ok: boolean }>(tested.out).ok], [1, false]);
      assert.equal((await at.hub('systems', 'remove', 'front-desk', '--json')).code, 0);
      assert.equal((await at.hub('systems', 'guide', 'front-desk')).code, 1);
      assert.equal((await at.hub('systems', 'add')).code, 2);
      assert.equal((await at.hub('systems', 'add', '--provider', 'generic')).code, 2);
    });

    test('codes for the envelope are printed once and replaced as a whole', async () => {
      const first = await at.hub('break-glass', 'print', '--count', '3', '--json');
      assert.equal(json<{ codes: string[] }>(first.out).codes.length, 3);
      assert.equal((await at.hub('break-glass', 'print')).code, 1);
      const sheet = await at.hub('break-glass', 'replace', '--count', '2');
      assert.match(sheet.out, /\/break-glass[\s\S]*1\. {2}\w{4}-\w{4}-\w{4}-\w{4}/);
      const status = await at.hub('break-glass', 'status', '--json');
      assert.equal(json<{ codesLeft: number }>(status.out).codesLeft, 2);
      assert.equal((await at.hub('break-glass', 'replace', '--count', '500')).code, 1);
    });

    test('keys rotate in steps, with overlap', async () => {
      const states = async () =>
        json<{ items: { alg: string; state: string }[] }>((await at.hub('keys', 'list', '--json')).out)
          .items.map(({ alg, state }) => `${alg} ${state}`)
          .sort();
      assert.deepEqual(await states(), ['ES256 active', 'RS256 active']);
      assert.equal((await at.hub('keys', 'rotate')).code, 0);
      assert.deepEqual(await states(), ['ES256 active', 'ES256 next', 'RS256 active', 'RS256 next']);
      const early = await at.hub('keys', 'rotate', '--json');
      assert.deepEqual([early.code, json<{ code: string }>(early.out).code], [1, 'too-early']);
      const forced = await at.hub('keys', 'rotate', '--now', '--json');
      assert.match(forced.err, /may refuse/);
      const rotated = json<{ activated: string[]; retired: string[] }>(forced.out);
      assert.deepEqual([rotated.activated.length, rotated.retired.length], [2, 2]);
      if (running !== undefined) {
        const { keys } = (await (await fetch(`${at.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
        for (const kid of [...rotated.activated, ...rotated.retired]) assert.ok(keys.some((key) => key.kid === kid));
      }
    });

    test('a key that leaked is taken out at once', async () => {
      const { items } = json<{ items: { id: string; alg: string; state: string }[] }>(
        (await at.hub('keys', 'list', '--json')).out,
      );
      const active = items.find(({ alg, state }) => alg === 'RS256' && state === 'active')?.id ?? '';
      const done = await at.hub('keys', 'rotate', '--leaked', active, '--json');
      assert.deepEqual(json<{ retired: string[] }>(done.out).retired, [active]);
      assert.equal((await at.hub('keys', 'rotate', '--leaked', active)).code, 1);
    });

    test('the record is exported and verified against a checkpoint', async () => {
      const [log, keys, checkpoint] = ['log.ndjson', 'jwks.json', 'checkpoint.jws'].map((name) =>
        join(at.folder, name),
      );
      assert.ok(log && keys && checkpoint);
      assert.equal((await at.hub('audit', 'checkpoint', '--out', checkpoint, '--json')).code, 0);
      const exported = await at.hub('audit', 'export', '--format', 'ndjson');
      assert.equal(exported.code, 0, exported.err);
      writeFileSync(log, exported.out);
      if (running !== undefined) {
        writeFileSync(keys, await (await fetch(`${at.issuer}/jwks`)).text());
        const whole = await at.hub('audit', 'verify', log, '--checkpoint', checkpoint, '--key', keys, '--json');
        assert.deepEqual([whole.code, json<{ ok: boolean }>(whole.out).ok], [0, true], whole.out);
      }
    });

    test('export as CSV and by filter; the export itself is on record', async () => {
      const csv = await at.hub('audit', 'export', '--format', 'csv', '--type', 'key.');
      assert.match(csv.out, /^at,type,outcome/);
      assert.ok(
        csv.out
          .split('\r\n')
          .slice(1, -1)
          .every((line) => line.includes(',key.')),
      );
      const tail = await at.hub('audit', 'tail', '--no-follow', '--type', 'audit.exported', '--json', '-n', '1');
      const event = json<{ actor: { kind: string }; detail: { format: string } }>(tail.out);
      assert.deepEqual([event.actor.kind, event.detail.format], ['operator', 'csv']);
      assert.equal((await at.hub('audit', 'tail', '--no-follow', '--since', 'yesterday')).code, 2);
      assert.equal((await at.hub('audit', 'tail', '--no-follow', '--person', 'nobody@example.com')).code, 2);
    });

    test('a backup is a copy that never overwrites', async () => {
      const file = join(at.folder, 'copy.db');
      const made = await at.hub('backup', file, '--json');
      assert.equal(made.code, 0, made.out);
      assert.equal(json<{ bytes: number }>(made.out).bytes, statSync(file).size);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal((await at.hub('backup', file)).code, 1);
      if (running !== undefined) {
        const refused = await at.hub('restore', file);
        assert.equal(refused.code, 1);
        assert.match(refused.err, /hub is running/);
      }
    });
  });
}

test('a changed, a cut and an unreadable export are told apart', async () => {
  const at = await place();
  after(() => at.remove());
  const [log, checkpoint] = [join(at.folder, 'log.ndjson'), join(at.folder, 'checkpoint.jws')];
  assert.equal((await at.hub('audit', 'checkpoint', '--out', checkpoint)).code, 0);
  const exported = await at.hub('audit', 'export');
  const lines = exported.out.trimEnd().split('\n');
  const changed = lines.map((line, index) => (index === 2 ? line.replace('"success"', '"denied"') : line));
  writeFileSync(log, `${changed.join('\n')}\n`);
  const broken = await at.hub('audit', 'verify', log, '--json');
  assert.equal(broken.code, 1);
  assert.equal(json<{ firstBad: { seq: number } }>(broken.out).firstBad.seq, 3);
  writeFileSync(log, `${lines.slice(0, 2).join('\n')}\n`);
  assert.equal((await at.hub('audit', 'verify', log)).code, 0, 'a cut tail alone does not show');
  const unsigned = await at.hub('audit', 'verify', log, '--checkpoint', checkpoint);
  assert.match(unsigned.err, /signature was not looked at/);
  assert.equal(
    (await at.hub('audit', 'verify', log, '--checkpoint', checkpoint)).code,
    1,
    'against a checkpoint it does',
  );
  writeFileSync(log, 'no json\n');
  assert.equal((await at.hub('audit', 'verify', log, '--json')).code, 1);
});

test('wrong use is 2, with nothing on standard output; help is 0', async () => {
  const at = await place();
  after(() => at.remove());
  const wrong = [
    ['nonsense'],
    ['audit', 'verify'],
    ['audit', 'export', '--format', 'xml'],
    ['keys', 'rotate', '--later'],
  ];
  const answers = await Promise.all(wrong.map((words) => at.hub(...words)));
  for (const [index, { code, out, err }] of answers.entries()) {
    assert.deepEqual([code, out], [2, ''], wrong[index]?.join(' '));
    assert.notEqual(err, '');
  }
  assert.equal((await at.hub('--help')).code, 0);
});

test('settings with faults print one line each, from every command', async () => {
  const at = await place();
  after(() => at.remove());
  const file = join(at.folder, 'bad.yaml');
  writeFileSync(file, 'issuer: ftp://x\nlifetimes: { code: 1 }\nworkers: many\nunknown: 1\ntimeZone: Mars\n');
  const bad = await place({ HUB_CONFIG: file });
  after(() => bad.remove());
  const { code, out, err } = await bad.hub('keys', 'list');
  assert.deepEqual([code, out, err.trimEnd().split('\n').length], [1, '', 5], err);
  const doctor = await bad.hub('doctor', '--json');
  assert.equal(doctor.code, 1);
  assert.equal(json<{ checks: unknown[] }>(doctor.out).checks.length, 5);
  await assert.rejects(bad.start(), /issuer: is not a web address/);
  assert.ok(!existsSync(join(bad.folder, 'data')), 'nothing was made');
});

test('restore: the old store steps aside, a new epoch begins, what was lost is told, leavers stay out', async () => {
  const at = await place();
  after(() => at.remove());
  const copy = join(at.folder, 'copy.db');
  const csv = join(at.folder, 'people.csv');
  writeFileSync(csv, 'email,name\nleaver@example.com,Lea Ver\nstayer@example.com,Sta Yer\n');
  assert.equal((await at.hub('people', 'import', csv)).code, 0);
  assert.equal((await at.hub('backup', copy)).code, 0);
  const running = await at.start();
  await at.hub('keys', 'rotate');
  assert.equal((await at.hub('people', 'disable', 'leaver@example.com')).code, 0);
  await running.stop();
  const data = join(at.folder, 'data');
  assert.ok(readdirSync(join(data, 'checkpoints')).length > 0, 'a stop takes a checkpoint');

  // The copy put in place by hand is older than the checkpoint: it is not served.
  renameSync(join(data, 'hub.db'), join(at.folder, 'aside.db'));
  copyFileSync(copy, join(data, 'hub.db'));
  await assert.rejects(at.start(), /older than its newest checkpoint/);
  renameSync(join(at.folder, 'aside.db'), join(data, 'hub.db'));

  const restored = await at.hub('restore', copy, '--json');
  assert.equal(restored.code, 0, restored.out + restored.err);
  const { epoch, lost, replaced, disabledAgain } = json<{
    epoch: number;
    lost: { type: string }[];
    replaced: string;
    disabledAgain: string[];
  }>(restored.out);
  assert.equal(disabledAgain.length, 1);
  const exported = await at.hub('people', 'export');
  assert.match(exported.out, /leaver@example\.com.*disabled/);
  assert.doesNotMatch(exported.out, /stayer@example\.com.*disabled/);
  assert.equal(epoch, 2);
  assert.ok(lost.some(({ type }) => type === 'key.created'));
  assert.ok(existsSync(replaced));
  const again = await at.start();
  const events = await at.hub('audit', 'tail', '--no-follow', '--type', 'backup.restored', '--json');
  assert.equal(json<{ actor: { kind: string } }>(events.out).actor.kind, 'operator');
  assert.equal(await again.stop(), 0);
  const whole = await at.hub('audit', 'export', '--out', join(at.folder, 'all.ndjson'));
  assert.equal(whole.code, 0, whole.err);
  assert.equal((await at.hub('audit', 'verify', join(at.folder, 'all.ndjson'))).code, 0);
});

test('restore: what is no backup, or a broken one, changes nothing and leaves nothing behind', async () => {
  const at = await place();
  after(() => at.remove());
  const [copy, text, broken] = [join(at.folder, 'copy.db'), join(at.folder, 'text.db'), join(at.folder, 'broken.db')];
  assert.equal((await at.hub('backup', copy)).code, 0);
  writeFileSync(text, 'something else\n');
  writeFileSync(broken, readFileSync(copy).subarray(0, 100));
  const refused = await at.hub('restore', text);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /is no backup/);
  assert.equal((await at.hub('restore', broken)).code, 1);
  const left = readdirSync(join(at.folder, 'data')).filter((name) => /restoring|replaced/.test(name));
  assert.deepEqual(left, []);
  assert.equal((await at.hub('doctor')).code, 0);
});

test('audit tail follows a hub that comes, goes and comes again', async () => {
  const at = await place();
  after(() => at.remove());
  const tail = at.begin('audit', 'tail', '--type', 'key.created', '--lines', '0');
  let printed = '';
  tail.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const lines = async (wanted: number): Promise<void> => {
    while (printed.split('\n').length - 1 < wanted) await new Promise((again) => setTimeout(again, 50));
  };
  for (const wanted of [2, 4]) {
    const running = await at.start();
    assert.equal((await at.hub('keys', 'rotate', '--now')).code, 0);
    await lines(wanted);
    assert.equal(await running.stop(), 0);
  }
  const gone = new Promise((done) => tail.once('exit', done));
  tail.kill('SIGINT');
  assert.equal(await gone, 0);
  assert.match(printed, /operator +key made/);
  assert.match(readFileSync(join(at.folder, 'data/secret'), 'utf8'), /^\S{44}\n$/);
});
