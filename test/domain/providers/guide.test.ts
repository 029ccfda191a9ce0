import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillTemplate, guideOf } from '#domain/providers/guide.ts';

test('a template takes the values it names and shows the gaps', () => {
  const values = { base: 'https://crm.example.com', 'settings.tenant': 'acme', secret: undefined };
  assert.equal(fillTemplate('{base}/oauth/{settings.tenant}', values), 'https://crm.example.com/oauth/acme');
  assert.equal(fillTemplate('{secret} {unknown} {constructor}', values), '{secret} {unknown} {constructor}');
  assert.equal(fillTemplate('{"json": "{base}"}', values), '{"json": "https://crm.example.com"}');
  assert.equal(fillTemplate('{base}', { base: '$& {base}' }), '$& {base}');
});

test('a guide is told line by line, for the protocol in use', () => {
  const module = {
    guide: [
      {
        step: 'Settings → OAuth',
        fields: [
          ['Client ID', '{clientId}'],
          ['Scope', 'openid'],
        ],
      },
      { step: 'Settings → SAML', protocol: 'saml', fields: [['Metadata', '{samlMetadata}']] },
    ],
  } as const;
  assert.deepEqual(guideOf(module, 'oidc', { clientId: 'crm' }), [
    { step: 'Settings → OAuth', field: 'Client ID', value: 'crm' },
    { step: 'Settings → OAuth', field: 'Scope', value: 'openid' },
  ]);
  assert.deepEqual(
    guideOf(module, 'saml', {}).map(({ field }) => field),
    ['Client ID', 'Scope', 'Metadata'],
  );
  assert.deepEqual(guideOf({}, 'oidc', {}), []);
});
