/**
 * Where the book's database is: plain data, so that it can be handed to a worker thread. `user` is
 * the login; sessions switch to the batch or the owner role themselves (see connect.ts).
 */
export interface DatabaseTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly ssl?: boolean;
}
