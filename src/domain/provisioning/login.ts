import type { ProvisioningSettings } from './settings.ts';

/** Products in which people sign in with their e-mail address. */
function byEmail({ connector, dialect }: Pick<ProvisioningSettings, 'connector' | 'dialect'>): boolean {
  if (connector === 'scim') return dialect === 'salesforce' || dialect === 'hubspot';
  return connector === 'odoo' || connector === 'erpnext';
}

/** The login that somebody without an account would get: in the form that the product takes. */
export function newLogin(
  settings: Pick<ProvisioningSettings, 'connector' | 'dialect'>,
  { email, username, name }: { email?: string | undefined; username?: string | undefined; name: string },
): string {
  if (byEmail(settings)) return email ?? username ?? name;
  // Dolibarr takes no login with an @ unless told otherwise (MAIN_LOGIN_BADCHARUNAUTHORIZED).
  if (settings.connector === 'dolibarr') return username ?? email?.split('@')[0] ?? name;
  return username ?? email ?? name;
}
