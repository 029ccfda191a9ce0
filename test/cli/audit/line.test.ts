/** What `audit tail` says of a journey: who, what, and through which system into which. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEvent } from '#domain/audit/event.ts';
import { lineOf } from '#src/cli/audit/line.ts';

const anna = { kind: 'person', id: '01a201fe-6ffd-7273-87ea-94159d71d449' } as const;
const named = { actor: 'Anna Nowak <anna@example.com>' };

function event(part: Partial<AuditEvent>): AuditEvent {
  const rest = { id: 'e', writer: 'w', seq: 1, prev: '', hash: '', at: '2026-11-22T12:03:22.120Z' };
  return { type: 'signin.succeeded', outcome: 'success', actor: anna, ...rest, ...part };
}

const cases: [name: string, part: Partial<AuditEvent>, line: string][] = [
  ['sign-in', { personal: named }, '2026-11-22 13:03:22     Anna Nowak              signed in'],
  [
    'entry through another system',
    { type: 'entry.granted', system: 'erp', via: 'crm', personal: named },
    '2026-11-22 13:03:22     Anna Nowak              entered                      crm → erp',
  ],
  [
    'one system in another on her behalf',
    {
      type: 'delegated.granted',
      actor: { kind: 'system', id: 'crm' },
      subject: { id: anna.id },
      system: 'erp',
      detail: { permissions: ['shipment:read', 'balance:read'] },
      personal: { subject: named.actor },
    },
    '2026-11-22 13:03:22     Anna Nowak              is served in another system  crm → erp     permissions shipment:read, balance:read',
  ],
  [
    'a denial, by whom it was caused',
    { type: 'entry.denied', outcome: 'denied', system: 'erp', personal: { actor: '何静 <jing@example.com>' } },
    '2026-11-22 13:03:22  ✗  何静                    was not let in               erp',
  ],
  [
    'an act on somebody',
    {
      type: 'person.disabled',
      actor: { kind: 'operator' },
      subject: { id: anna.id },
      personal: { subject: named.actor },
    },
    '2026-11-22 13:03:22     Anna Nowak              was disabled                               by operator',
  ],
  ['an erased person', { subject: { id: anna.id } }, '2026-11-22 13:03:22     01a201fe…d449           signed in'],
];
for (const [name, part, line] of cases) {
  test(name, () => assert.equal(lineOf(event(part), 'Europe/Warsaw'), line));
}

test('a hostile name cannot start a line, move the cursor or turn the text round', () => {
  const line = lineOf(event({ personal: { actor: 'a\n\u001b[2J\u001b]0;x\u0007b\u202ec\u2028d' } }), 'UTC');
  assert.doesNotMatch(line, /[\p{Cc}\u2028\u202e]/u);
});
