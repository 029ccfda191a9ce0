import type { Express } from 'express';
import type { Services } from '#actions/services.ts';
import type { OidcPages } from './oidc-pages.ts';
import type { Views } from './render/views.ts';

/** What a feature of the app is handed. */
export interface HttpDeps {
  readonly services: Services;
  readonly oidc: OidcPages;
  readonly views: Views;
}

/** A feature mounts its own routes; the app only collects features. */
export type Feature = (app: Express, deps: HttpDeps) => void;
