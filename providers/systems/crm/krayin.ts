import type { SystemModule } from '#domain/providers/system-module.ts';

/** Krayin signs people in by passwords of its own; it has an API, and no sign-on. */
export const krayin: SystemModule = {
  id: 'krayin',
  title: 'Krayin (API only)',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['name', 'email'],
  nativeRoles: {},
  protocols: [],
  guide: [
    {
      step: 'Settings → Users → (user)',
      fields: [
        ['Role', 'as `policy explain` says for this system'],
        ['Status', 'inactive when somebody leaves'],
      ],
    },
  ],
  matching: { by: 'nothing', field: 'local password', nobody: 'refused' },
  signOut: 'none',
  quirks: [
    {
      code: 'krayin-no-sign-on',
      text: 'Krayin has no single sign-on. Gatehouse decides who should have which role; an administrator enters it there.',
    },
  ],
  evidence:
    'S (2025-03): local passwords and Sanctum tokens alone; roles all or custom with keys such as leads.view. Not run.',
};
