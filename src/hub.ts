import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { closeFolds } from '#actions/audit/folded.ts';
import { newestCheckpoint } from '#actions/checkpoints/folder.ts';
import { scheduleCheckpoints } from '#actions/checkpoints/schedule.ts';
import { sendCheckpointOn } from '#actions/checkpoints/send-on.ts';
import { scheduleDeadlines } from '#actions/deadlines/schedule.ts';
import { scheduleReviews } from '#actions/reviews/schedule.ts';
import type { Services } from '#actions/services.ts';
import { startReplay } from '#actions/sessions/spool/replay.ts';
import { scheduleUnifications } from '#actions/unify/jobs/schedule.ts';
import { readCheckpoint } from '#domain/audit/checkpoint.ts';
import { signOutThere } from '#federation/openid/sign-out.ts';
import { accountFeature } from '#http/account/account.ts';
import { adminFeature } from '#http/admin/admin.ts';
import { apiFeature } from '#http/api/api.ts';
import { createApp } from '#http/app.ts';
import { createTurnAway } from '#http/flood.ts';
import { createHandler } from '#http/handler.ts';
import { createComposer } from '#http/mail/compose.ts';
import type { Fellows } from '#http/ops/fellows.ts';
import { measured } from '#http/ops/measured.ts';
import { createMetrics } from '#http/ops/metrics.ts';
import { createOps } from '#http/ops/ops.ts';
import { Readiness } from '#http/ops/readiness.ts';
import { startServer } from '#http/ops/server.ts';
import { pagesFeature } from '#http/pages/pages.ts';
import { createViews } from '#http/render/views.ts';
import { scimFeature } from '#http/scim/scim.ts';
import { createOidc, type Oidc } from '#oidc/oidc.ts';
import { systemModules } from '#providers/index.ts';
import { startAccounts } from '#provisioning/accounts.ts';
import { startProvisioning } from '#provisioning/provisioning.ts';
import type { Settings } from '#settings/settings.ts';
import { outbox } from '#storage/collections.ts';
import { enter } from '#storage/leases/presence.ts';
import type { Copyable, ServingEngine } from '#storage/serving.ts';
import { socketAddress } from '#storage/socket/address.ts';
import { serveEngine } from '#storage/socket/server.ts';
import type { Watched } from '#storage/watch/watched.ts';
import { loadFirstAndSetUp } from './first-load.ts';
import {
  createServices,
  openSealer,
  openWhenFree,
  runningEngine,
  type Surroundings,
  surroundings,
} from './services.ts';

export interface Hub {
  readonly services: Services;
  readonly oidc: Oidc;
  /** Path of the one-time address for the first administrator; undefined when there is one. */
  readonly setup: string | undefined;
  /** Starts serving. `close` drains, stops everything and closes the store. */
  listen(): Promise<{ port: number; close(): Promise<void> }>;
  /** For a hub that does not listen. */
  close(): Promise<void>;
}

/**
 * Puts the hub together: the only place that sees every room. Reads top to bottom; what is opened here is closed by `close`.
 *
 * @throws SettingsError, StoreLocked, StoreTooNew, StoreOlder, StoreInMaintenance, WrongSecret, HubError (a faulty policy or people file)
 */
export async function createHub(
  settings: Settings,
  given: Partial<Surroundings> & { readonly fellows?: Fellows | undefined } = {},
): Promise<Hub> {
  // The data folder is one hub's own: whoever comes with it again is the successor of whoever died with it.
  const node = `${hostname()}:${settings.data}:${given.fellows?.place ?? 0}`;
  const around = surroundings({ node, ...given });
  const seal = openSealer(settings);
  const engine = await openWhenFree(settings, seal, around, async () => {
    const rival = await runningEngine(settings);
    await rival?.close();
    return rival !== undefined;
  });
  const entered = await enter(engine, around.log).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const services = createServices(settings, { engine, seal, modules: systemModules }, around);
  const close = async (): Promise<void> => {
    await services.hasher.close();
    await services.guesser.close();
    await services.directories.close();
    await closeFolds(services).catch((error) => services.log.error(error, 'counts of refusals were not recorded'));
    const left = entered.leave();
    // While the store is silent nobody hears the good-bye, and the word that this process is here runs out by itself.
    if (!services.store.engine.silent) await left;
    await engine.close();
  };
  try {
    return await assemble(services, engine, close, given.fellows);
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(
  services: Services,
  engine: ServingEngine,
  close: () => Promise<void>,
  fellows: Fellows | undefined,
): Promise<Hub> {
  const { settings, log } = services;
  const newest = newestCheckpoint(settings);
  if (newest !== undefined) await engine.assertNotOlderThan(readCheckpoint(newest.jws).heads);
  const metrics = createMetrics(() => services.store.count(outbox, { status: 'waiting' }), fellows);
  measured(engine, metrics);
  const setup = await loadFirstAndSetUp(services);

  services.signOuts.prepare();
  const oidc = await createOidc(services);
  oidc.useSignOutThere((session, back) => signOutThere(services, session, back));
  const views = createViews();
  const app = createApp({
    services,
    oidc,
    views,
    programs: [apiFeature(oidc.bearer), scimFeature(oidc.bearer)],
    features: [pagesFeature, accountFeature, adminFeature],
  });
  const handler = createHandler(services, oidc, app, createTurnAway({ services, oidc, views }));
  const readiness = new Readiness(services.store.engine);
  const ops = createOps({ log, metrics, readiness, metricsToken: settings.metrics.token, isProtocol: oidc.isOidcPath });

  const listen: Hub['listen'] = async () => {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      ops.observe(request, response);
      if (!ops.handle(request, response)) handler(request, response);
    };
    const server = await startServer(settings, readiness, answer, { shared: fellows !== undefined });
    const socket = settings.store.kind === 'sqlite' ? await serveSocket(services, engine) : undefined;
    const checkpoints = scheduleCheckpoints(services, (taken) => sendCheckpointOn(services, taken));
    const replay = startReplay(services);
    const accounts = startAccounts(services);
    const provisioning = startProvisioning(services, createComposer(services, views));
    const deadlines = scheduleDeadlines(services);
    const reviews = scheduleReviews(services);
    const unifications = scheduleUnifications(services);
    return {
      port: server.port,
      close: async () => {
        await server.close();
        await replay.close();
        await accounts.stop();
        await provisioning.close();
        await deadlines.stop();
        await reviews.stop();
        await unifications.stop();
        await checkpoints.stop();
        await socket?.close();
        await close();
      },
    };
  };
  return { services, oidc, setup, listen, close };
}

/** The embedded store is this process's alone: the command line reaches it through here. */
async function serveSocket({ settings, log, store }: Services, engine: Copyable) {
  const address = socketAddress(settings.data, process.cwd());
  if (address !== undefined) return serveEngine(withBackup(store.engine, engine), address);
  log.warn(
    { data: settings.data },
    'the path of data is too long for a socket: the command line works only while the hub is stopped',
  );
  return undefined;
}

/** What the command line reaches: the watched store, so that it too is told in time that the store is silent. */
function withBackup(watched: Watched, engine: Pick<Copyable, 'backup'>): Copyable {
  return Object.assign(Object.create(watched) as Watched, { backup: (file: string) => engine.backup(file) });
}
