import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key of an authenticator made of software, so that a test can sign what no real one would. */
export interface SoftKey {
  readonly id: string;
  counter: number;
  /** The answer to a creation, as the browser posts it. */
  attest(options: { challenge: string; rp: { id?: string } }, lie?: Lie): string;
  /** The answer to a request. */
  assert(options: { challenge: string; rpId?: string }, lie?: Lie): string;
}

/** What is not as it should be. */
export interface Lie {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly verified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly type?: string;
  readonly signature?: Buffer;
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const b64 = (data: Buffer | string): string => Buffer.from(data).toString('base64url');

/** CBOR (RFC 8949) of what attestation objects hold: small integers, byte strings, texts, maps. */
function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}
const integer = (value: number): Buffer => (value >= 0 ? head(0, value) : head(1, -1 - value));
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value]);
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)]);
const map = (pairs: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([head(5, pairs.length), ...pairs.flat()]);

export function softKey(origin: string, counter = 1): SoftKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  const cose = map([
    [integer(1), integer(2)],
    [integer(3), integer(-7)],
    [integer(-1), integer(1)],
    [integer(-2), bytes(Buffer.from(x, 'base64url'))],
    [integer(-3), bytes(Buffer.from(y, 'base64url'))],
  ]);
  const authData = (rpId: string, lie: Lie, count: number, more?: Buffer): Buffer => {
    const flags = 1 | (lie.verified === false ? 0 : 4) | (more === undefined ? 0 : 64);
    const number = Buffer.alloc(4);
    number.writeUInt32BE(count);
    return Buffer.concat([sha256(lie.rpId ?? rpId), Buffer.from([flags]), number, more ?? Buffer.alloc(0)]);
  };
  const client = (type: string, challenge: string, lie: Lie): Buffer =>
    Buffer.from(
      JSON.stringify({ type: lie.type ?? type, challenge: lie.challenge ?? challenge, origin: lie.origin ?? origin }),
    );
  const credential = (response: object): string =>
    JSON.stringify({ id: b64(id), rawId: b64(id), type: 'public-key', response, clientExtensionResults: {} });
  const key: SoftKey = {
    id: b64(id),
    counter,
    attest({ challenge, rp }, lie = {}) {
      const length = Buffer.from([0, id.length]);
      const data = authData(rp.id ?? '', lie, key.counter, Buffer.concat([Buffer.alloc(16), length, id, cose]));
      const attestation = map([
        [text('fmt'), text('none')],
        [text('attStmt'), map([])],
        [text('authData'), bytes(data)],
      ]);
      const clientDataJSON = b64(client('webauthn.create', challenge, lie));
      return credential({ clientDataJSON, attestationObject: b64(attestation), transports: ['internal'] });
    },
    assert({ challenge, rpId = '' }, lie = {}) {
      key.counter += 1;
      const data = authData(rpId, lie, lie.counter ?? key.counter);
      const clientData = client('webauthn.get', challenge, lie);
      const signature = lie.signature ?? sign('sha256', Buffer.concat([data, sha256(clientData)]), privateKey);
      return credential({
        clientDataJSON: b64(clientData),
        authenticatorData: b64(data),
        signature: b64(signature),
        ...(lie.userHandle === undefined ? {} : { userHandle: lie.userHandle }),
      });
    },
  };
  return key;
}
