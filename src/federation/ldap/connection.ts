import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Client } from 'ldapts';
import { type DirectorySettings, DirectoryTrouble } from '#actions/directories/port.ts';
import { guardedLookup, mayReach, OutboundRefused } from '#platform/outbound.ts';
import { troubleOf } from './trouble.ts';

/** More than this in the answers to one question ends the connection. */
const mostBytes = 64 * 1024 * 1024;

/**
 * One connection to a directory. It connects once: the client library would open a new one by itself when the first breaks, and after
 * StartTLS that one would be without TLS and without the bind. Every call has a deadline, which ends the connection.
 */
export class Connection {
  readonly #client: Client;
  readonly #directory: DirectorySettings;
  readonly #wire: Wire;

  private constructor(client: Client, directory: DirectorySettings, wire: Wire) {
    this.#client = client;
    this.#directory = directory;
    this.#wire = wire;
  }

  /** Connects, with TLS where it is asked for. Nobody is bound yet. @throws DirectoryTrouble */
  static async open(directory: DirectorySettings): Promise<Connection> {
    // Loaded with the first directory: a hub without one is smaller by it.
    const { Client } = await import('ldapts');
    const wire = new Wire(directory);
    const secure = directory.url.startsWith('ldaps:');
    const client = new Client({
      url: directory.url,
      timeout: directory.timeoutMs,
      connectTimeout: directory.timeoutMs,
      // Named for ldaps alone: the library takes their presence for "TLS from the first byte".
      ...(secure ? { tlsOptions: wire.tls } : {}),
      createConnection: wire.plain as typeof connect,
      createSecureConnection: wire.secure as typeof connectTls,
    });
    const connection = new Connection(client, directory, wire);
    if (directory.startTls) {
      await connection.ask('start-tls', (opened) => opened.startTLS({ ...wire.tls }));
    }
    return connection;
  }

  get usable(): boolean {
    return this.#wire.open;
  }

  /** One question. Whatever goes wrong beside a refusal with a result code ends the connection. */
  async ask<T>(
    doing: Parameters<typeof troubleOf>[1],
    question: (client: Client) => Promise<T>,
    isAnswer: (fault: unknown) => boolean = () => false,
  ): Promise<T> {
    this.#wire.bytes = 0;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new DirectoryTrouble('slow', 'it did not answer in time'));
      this.close();
    }, this.#directory.timeoutMs);
    this.#wire.onBroken = (fault) => reject(fault);
    try {
      return await Promise.race([question(this.#client), late]);
    } catch (fault) {
      if (isAnswer(fault)) throw fault;
      if (typeof (fault as { code?: unknown }).code !== 'number') this.close();
      throw troubleOf(this.#wire.fault ?? fault, doing);
    } finally {
      clearTimeout(timer);
      this.#wire.onBroken = undefined;
    }
  }

  close(): void {
    this.#wire.close();
  }
}

/** The sockets below a client: guarded addresses, checked certificates, counted bytes, and never a second connection. */
class Wire {
  readonly #directory: DirectorySettings;
  readonly tls: ConnectionOptions;
  bytes = 0;
  fault: unknown;
  onBroken: ((fault: unknown) => void) | undefined;
  #socket: Socket | undefined;
  #used = false;
  /** What came in the clear before TLS began. */
  #clear: Buffer[] = [];

  constructor(directory: DirectorySettings) {
    this.#directory = directory;
    const host = new URL(directory.url).hostname.replace(/^\[|\]$/g, '');
    this.tls = {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(directory.ca === undefined ? {} : { ca: directory.ca }),
    };
  }

  get open(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed && this.#socket.readyState === 'open';
  }

  readonly plain = (port: number, host: string): Socket => {
    const socket = this.#watched(connect({ port, host, lookup: this.#guard(host) }));
    socket.on('data', this.#inTheClear);
    return socket;
  };

  readonly secure = (portOrOptions: number | ConnectionOptions, host?: string): Socket => {
    if (typeof portOrOptions === 'number') {
      const name = host ?? '';
      return this.#watched(connectTls({ ...this.tls, port: portOrOptions, host: name, lookup: this.#guard(name) }));
    }
    // StartTLS: the answer to it must be all that came in the clear, or else somebody on the way put something behind it
    // that would be read as if it had come through TLS.
    const below = portOrOptions.socket as Socket;
    below.off('data', this.#inTheClear);
    if (!isOneMessage(Buffer.concat(this.#clear))) {
      below.destroy();
      throw new DirectoryTrouble('certificate', 'something was slipped in before TLS began');
    }
    const socket = connectTls(portOrOptions);
    socket.on('error', (fault) => this.#broken(fault));
    return socket;
  };

  close(): void {
    this.#socket?.destroy();
  }

  readonly #inTheClear = (part: Buffer) => void this.#clear.push(part);

  #watched(socket: Socket): Socket {
    this.#socket = socket;
    // A connection at rest holds no process; who waits for an answer has a timer that does.
    socket.unref();
    socket.on('data', (part) => {
      this.bytes += part.length;
      if (this.bytes > mostBytes) this.#broken(new DirectoryTrouble('search', 'its answer is too long'));
    });
    socket.on('error', (fault) => this.#broken(fault));
    socket.on('close', () => this.#broken(new DirectoryTrouble('unreachable', 'it hung up')));
    return socket;
  }

  #broken(fault: unknown): void {
    this.fault ??= fault;
    this.onBroken?.(this.fault);
    this.#socket?.destroy();
  }

  #guard(host: string): LookupFunction {
    if (this.#used) throw new DirectoryTrouble('unreachable', 'it hung up');
    this.#used = true;
    // A literal address is not looked up, so it is checked here.
    if (isIP(host) !== 0 && !mayReach(host, this.#directory)) throw new OutboundRefused(`${host} is not allowed`);
    return guardedLookup(this.#directory);
  }
}

/** Whether these bytes are one BER sequence, neither less nor more. */
function isOneMessage(bytes: Buffer): boolean {
  const first = bytes[1];
  if (bytes[0] !== 0x30 || first === undefined) return false;
  if (first < 0x80) return bytes.length === 2 + first;
  const more = first & 0x7f;
  if (more === 0 || more > 4 || bytes.length < 2 + more) return false;
  return bytes.length === 2 + more + bytes.readUIntBE(2, more);
}
