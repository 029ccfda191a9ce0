import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '#settings/settings.ts';
import { type Finding, fault, good, warning } from './finding.ts';

/** This machine: the runtime, the disk, and who may read the files that hold secrets. */
export function machineFindings(settings: Settings): Finding[] {
  return [runtime(), ...permissions(settings), disk(settings), mail(settings)];
}

function runtime(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24
    ? good('runtime', `Node ${process.versions.node}`)
    : fault(
        'runtime',
        `Node ${process.versions.node} is too old`,
        'run `npm ci`, which brings Node 24, and start through npm',
      );
}

function permissions(settings: Settings): Finding[] {
  if (process.platform === 'win32') return [warning('files', 'permissions are not checked on Windows')];
  const store = settings.store.kind === 'sqlite' ? [settings.store.file] : [];
  const guarded = [settings.data, join(settings.data, 'secret'), ...store].filter((path) => existsSync(path));
  const othersMay = (path: string) => (statSync(path).mode & 0o077) !== 0;
  // Inside a folder that nobody else may enter, a file's own bits let nobody in.
  const shut = existsSync(settings.data) && !othersMay(settings.data);
  const open = guarded.filter((path) => othersMay(path) && !(shut && path.startsWith(settings.data)));
  if (open.length === 0) return [good('files', `only the hub's own user may read ${settings.data}`)];
  return open.map((path) => warning('files', `others may read ${path}`, `chmod go-rwx ${path}`));
}

function disk(settings: Settings): Finding {
  if (!existsSync(settings.data)) return warning('disk', `${settings.data} does not exist yet`);
  const { bavail, bsize } = statfsSync(settings.data);
  const free = Math.round((bavail * bsize) / 1024 ** 2);
  return free < 200
    ? fault('disk', `${free} MiB are free under ${settings.data}`, 'make room: a full disk stops every sign-in')
    : good('disk', `${free} MiB are free under ${settings.data}`);
}

function mail({ mail: server, mailFrom, production }: Settings): Finding {
  if (server.kind === 'smtp') return good('mail', `goes out over ${new URL(server.url).host} as ${mailFrom}`);
  const detail = 'is printed in the log instead of sent (mail: log:), links for new passwords included';
  return production ? warning('mail', detail, 'set HUB_MAIL to smtp://…') : good('mail', detail);
}
