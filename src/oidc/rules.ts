import type { Client } from 'oidc-provider';
import { type ProtocolRules, protocolRules } from '#domain/systems/protocol.ts';

const rules = new WeakMap<object, ProtocolRules>();
const strict = protocolRules({ auth: 'none' }, undefined);

/** What holds for a client at the protocol endpoints; noted when it is built of its system. */
export function rulesOf(client: Client | undefined): ProtocolRules {
  return (client === undefined ? undefined : rules.get(client)) ?? strict;
}

export function noteRules(client: Client, its: ProtocolRules): void {
  rules.set(client, its);
}

/** Seconds: a code of FAPI 2.0 lives no longer than this (FAPI 2.0 Security Profile, 5.3.2.1). */
export const fapiCodeSeconds = 60;
/** Seconds: a token of the implicit flow passes through the browser's address, so it is good for the one call that needs it. */
export const implicitTokenSeconds = 60;
/** What signs for a client of FAPI 2.0 (FAPI 2.0 Security Profile, 5.4.1). */
export const fapiAlgs: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];
