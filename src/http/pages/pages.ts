import type { Feature } from '#http/deps.ts';
import { breakGlassPages } from './break-glass.ts';
import { consentPages } from './consent.ts';
import { devicePages } from './device.ts';
import { formPostPage } from './form-post.ts';
import { launchpadPages } from './launchpad.ts';
import { noAccessPages } from './no-access.ts';
import { protocolErrorPage } from './protocol-error.ts';
import { setUpPages } from './set-up.ts';
import { signInPages } from './sign-in/sign-in.ts';
import { signOutPages } from './sign-out.ts';

/** The pages around signing in, and the front page. */
export const pagesFeature: Feature = (app, deps) => {
  signInPages(app);
  consentPages(app);
  noAccessPages(app);
  devicePages(app);
  breakGlassPages(app);
  signOutPages(app);
  setUpPages(app);
  launchpadPages(app);
  deps.oidc.useErrorPage(protocolErrorPage(deps));
  deps.oidc.useFormPost(formPostPage(deps));
};
