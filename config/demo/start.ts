import { resolve } from 'node:path';
import type { Logger } from '#platform/log.ts';
import { systemModules } from '#providers/index.ts';
import { loadSettings } from '#settings/load.ts';
import type { Settings, SystemSettings } from '#settings/settings.ts';
import { createHub, type Hub } from '#src/hub.ts';
import { createCrm } from '#test/support/systems/crm/app.ts';
import { createErp } from '#test/support/systems/erp/app.ts';
import { type Served, serve } from '#test/support/systems/shared/serve.ts';
import type { Sessions } from '#test/support/systems/shared/sessions.ts';

export interface DemoOptions {
  /** 0 = any free one, but for the hub, whose address has to be known beforehand. */
  readonly ports: { readonly hub: number; readonly crm: number; readonly erp: number };
  /** Folder of the hub's state. */
  readonly data: string;
  readonly log: Logger;
  /** Further variables for its settings. */
  readonly env?: { readonly HUB_STORE?: string };
  /** Told what is being done, in a few words. */
  readonly progress?: (doing: string) => void;
}

export interface Demo {
  readonly hub: Hub;
  readonly addresses: { readonly hub: string; readonly crm: string; readonly erp: string };
  /** Who is in each of the two systems, as they themselves know it. */
  readonly inside: { readonly crm: Sessions; readonly erp: Sessions };
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');

/** Starts the sample company: the hub as `npm start` puts it together, and both sample systems. */
export async function startDemo({ ports, data, log, env = {}, progress = () => {} }: DemoOptions): Promise<Demo> {
  const open: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of open.splice(0).reverse()) await one.close();
  };
  try {
    progress('opening the ports');
    const crm = await serve(ports.crm);
    open.push(crm);
    const erp = await serve(ports.erp);
    open.push(erp);
    const settings = demoSettings({ HUB_DATA: data, HUB_PORT: String(ports.hub), ...env }, crm, erp);

    progress('loading the company: people, roles, keys');
    const hub = await createHub(settings, { log });
    const listening = await hub.listen().catch(async (error: unknown) => {
      await hub.close();
      throw error;
    });
    open.push(listening);

    progress('starting the customer desk and the back office');
    const addresses = { hub: settings.issuer, crm: address(crm), erp: address(erp) };
    const told = (id: string) => ({ issuer: settings.issuer, clientId: id, clientSecret: secretOf(settings, id) });
    const audience = 'urn:erp';
    const office = createErp({ ...told('erp'), baseUrl: addresses.erp, audience });
    const desk = createCrm({ ...told('crm'), baseUrl: addresses.crm, erp: { url: addresses.erp, audience } });
    erp.use(office.app);
    crm.use(desk.app);
    return { hub, addresses, inside: { crm: desk.sessions, erp: office.sessions }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function address({ port }: Served): string {
  return `http://localhost:${port}`;
}

/** The settings of this folder. The environment is left out on purpose: the demo is the same for everybody. */
function demoSettings(own: Readonly<Record<string, string>>, crm: Served, erp: Served): Settings {
  const env = { HUB_CONFIG: 'config/demo/hub.yaml', ...own };
  const settings = loadSettings({ env, cwd: root, modules: systemModules });
  const moved = JSON.stringify(settings.systems)
    .replaceAll('http://localhost:4001', address(crm))
    .replaceAll('http://localhost:4002', address(erp));
  return { ...settings, systems: JSON.parse(moved) as SystemSettings[] };
}

function secretOf(settings: Settings, id: string): string {
  return settings.systems.find((system) => system.id === id)?.clientSecret ?? '';
}
