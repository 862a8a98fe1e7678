import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { withClient } from '../../src/db/connect.js';
import { commandLine, type RunLine } from '../support/command-line.js';
import type { TestDatabase } from '../support/database.js';
import { dumpedBook } from './dumped-book.js';

/** The book of a dump with the commands of today. */
export class UpgradedBook {
  readonly database: TestDatabase;
  /** Of the files that a test brings in. */
  readonly folder = mkdtempSync(join(tmpdir(), 'loanbook-upgrade-'));
  readonly loanbook: RunLine;

  private constructor(database: TestDatabase) {
    this.database = database;
    this.loanbook = commandLine(database.target, this.folder);
  }

  static async of(dump?: string): Promise<UpgradedBook> {
    return new UpgradedBook(await dumpedBook(dump));
  }

  /** What a command prints as JSON; it must end with `exitCode`. */
  async json<T>(args: readonly string[], exitCode = 0): Promise<T> {
    const ended = await this.loanbook(['--json', ...args]);
    expect({ args, ...ended }).toMatchObject({ exitCode });
    return JSON.parse(ended.stdout) as T;
  }

  rows<T extends object>(sql: string): Promise<T[]> {
    const { target } = this.database;
    return withClient(target, {}, async (client) => (await client.query<T>(sql)).rows);
  }

  async remove(): Promise<void> {
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
