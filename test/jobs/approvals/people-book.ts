import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect } from 'vitest';
import { connect, withClient } from '../../../src/db/connect.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import type { Captured } from '../../commands/shell/captured-host.js';
import { commandLine } from '../../support/command-line.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const PASSWORD = 'only-for-this-test';

export interface PeopleBook extends ImportBook {
  /** Runs a command line with --json; words are cut at blanks but within quotes. */
  run(line: string, login?: string): Promise<Captured>;
  /** The same, which must end with 0; what it says. */
  done(line: string, login?: string): Promise<Record<string, unknown>>;
  /** The same, which must be refused (2): the error's code and evidence. */
  refused(line: string, login?: string): Promise<{ code: string } & Record<string, unknown>>;
  /** A session of the batch role; of another login where one is named. */
  session(login?: string): Promise<pg.Client>;
  /** A login of the server that may act as the batch role and nothing else. */
  newLogin(): Promise<string>;
}

/** A book with logins of its own, which leave the server with it. */
export async function peopleBook(): Promise<PeopleBook> {
  const book = await importBook();
  const { target } = book.database;
  const logins: string[] = [];
  const asLogin = (login: string | undefined): DatabaseTarget =>
    login === undefined ? target : { ...target, user: login, password: PASSWORD };
  const root = (sql: string) =>
    withClient(target, { role: 'login' }, (client) => client.query(sql));
  const run: PeopleBook['run'] = (line, login) => {
    const words = [...line.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([word, quoted]) => quoted ?? word);
    return commandLine(asLogin(login), book.folder)(['--json', ...words]);
  };
  return {
    ...book,
    run,
    async done(line, login) {
      const { exitCode, stdout, stderr } = await run(line, login);
      expect({ line, exitCode, stderr }).toEqual({ line, exitCode: 0, stderr: '' });
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    async refused(line, login) {
      const { exitCode, stdout, stderr } = await run(line, login);
      expect({ line, exitCode, stdout }).toEqual({ line, exitCode: 2, stdout: '' });
      const { error } = JSON.parse(stderr) as { error: { code: string; evidence: object } };
      return { ...error.evidence, code: error.code };
    },
    session: (login) => connect(asLogin(login)),
    async newLogin() {
      const login = `loanbook_test_${randomBytes(6).toString('hex')}`;
      await root(`CREATE ROLE ${login} LOGIN PASSWORD '${PASSWORD}'`);
      await root(`GRANT loanbook_batch TO ${login}`);
      logins.push(login);
      return login;
    },
    async remove() {
      for (const login of logins) await root(`DROP ROLE ${pg.escapeIdentifier(login)}`);
      await book.remove();
    },
  };
}
