/** The WebAuthn library and the ASN.1 readers behind it, loaded at the first passkey: a hub that nobody asked for one stays small. */
export function webAuthn(): Promise<typeof import('@simplewebauthn/server')> {
  return import('@simplewebauthn/server');
}
