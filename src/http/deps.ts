import type { Express } from 'express';
import type { Services } from '#actions/services.ts';
import type { Oidc } from '#oidc/oidc.ts';
import type { Views } from './render/views.ts';

/** What a feature of the app is handed. */
export interface HttpDeps {
  readonly services: Services;
  readonly oidc: Oidc;
  readonly views: Views;
}

/** A feature mounts its own routes; the app only collects features. */
export type Feature = (app: Express, deps: HttpDeps) => void;
