/** A MongoDB server that a test may use, and abuse where it was started for the test. */
export interface MongoServer {
  readonly name: 'SecantusDB' | 'mongod' | 'HUB_TEST_MONGO';
  /** Connection string without a database. */
  readonly address: string;
  readonly members: number;
  /** Connection string with a database name that nobody else uses. */
  database(): string;
  /** `kill -9`: of the primary where there are several members. Resolves when it is dead. */
  kill(): Promise<void>;
  /** Starts what was killed, over the same files and on the same port; resolves when it listens. @param more further arguments */
  restart(more?: readonly string[]): Promise<void>;
  /** Ends everything and takes its files away. */
  stop(): Promise<void>;
}
