import type { SystemModule } from '#domain/providers/system-module.ts';

/** Dynamics 365 takes people from Microsoft Entra ID alone; this hub stands behind Entra as a federated identity provider. */
export const dynamics365: SystemModule = {
  id: 'dynamics-365',
  title: 'Microsoft Dynamics 365 (through Entra ID)',
  sides: ['crm', 'erp'],
  subject: 'public',
  claims: ['name', 'given_name', 'family_name', 'email', 'preferred_username'],
  nativeRoles: {
    'information:read': ['Basic User'],
    'customer:write': ['Salesperson'],
    'lead:write': ['Salesperson'],
    'opportunity:write': ['Salesperson'],
    'price:approve': ['Sales Manager'],
    'case:write': ['Customer Service Representative'],
  },
  reconcile: ['add-only'],
  protocols: ['saml'],
  saml: {
    entityId: 'urn:federation:MicrosoftOnline',
    acs: ['https://login.microsoftonline.com/login.srf'],
    nameId: 'persistent',
    attributes: { IDPEmail: 'email' },
    launchUri: '{base}/',
  },
  guide: [
    {
      step: 'Microsoft Graph PowerShell → New-MgDomainFederationConfiguration -DomainId <your domain>',
      fields: [
        ['-DisplayName', 'Gatehouse'],
        ['-IssuerUri', '{issuer}'],
        ['-PassiveSignInUri', '{samlSso}'],
        ['-SignOutUri', '{samlSlo}'],
        ['-MetadataExchangeUri', '{samlMetadata}'],
        ['-PreferredAuthenticationProtocol', 'saml'],
      ],
    },
    {
      step: 'Power Platform admin center → Environments → Settings → Users + permissions → Teams → New team',
      fields: [
        ['Team type', 'Microsoft Entra ID Security Group'],
        ['Security roles', 'one team for each role'],
      ],
    },
  ],
  matching: { by: 'NameID', field: 'onPremisesImmutableId of the Entra user', nobody: 'refused' },
  signOut: 'saml-slo',
  quirks: [
    {
      code: 'dynamics-entra-only',
      text: 'Dynamics 365 knows Entra ID alone. Roles follow from Entra groups linked to Dataverse teams, not from the sign-in.',
    },
  ],
  evidence:
    'D: Entra ID alone, group teams resolve roles at access; role names D (old SDK list). G: federation settings. Not run.',
};
