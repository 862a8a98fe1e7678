import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { storedDocument } from '../../../src/jobs/book/stored-document.js';
import { readAssignment } from '../../../src/jobs/funding/assign/assignment-file.js';
import { environmentOf } from '../../support/command-line.js';
import {
  databaseLike,
  emptyDatabase,
  type TestDatabase,
  testDatabase,
} from '../../support/database.js';
import { DUMPED_OPEN_DAY, dumpedBook } from '../../upgrade/dumped-book.js';
import { type Captured, capture } from '../shell/captured-host.js';
import { writeFiles, writeInbox } from './files.js';
import type { World } from './row.js';

/** Another host, so that its lease alone counts. */
const CLOSING = `INSERT INTO run (job, business_date, tasks, status, engine_version, holder, token,
    lease_until)
  SELECT 'eod', b.business_date, 1, 'open', r.engine_version, 'elsewhere/1/x', gen_random_uuid(),
    now() + interval '1 hour'
  FROM book b, (SELECT engine_version FROM run ORDER BY run_id DESC LIMIT 1) AS r;
  UPDATE night SET state = 'running', holder = 'elsewhere/1/x', token = gen_random_uuid(),
    lease_until = now() + interval '1 hour' WHERE plan = 'NIGHT'`;

/** What no command would do: a fen more in sealed rows and in kept balances. */
const TAMPERED = `
  UPDATE gl_balance SET balance = balance + 1, debit = debit + 1
    WHERE business_date = '2026-03-02' AND account_id =
      (SELECT account_id FROM account WHERE code = '1303.01');
  UPDATE position SET suspense = suspense + 1 WHERE business_date = '2026-03-02';
  UPDATE journal_line SET amount = amount + 1 WHERE business_date = '2026-02-20' AND line = 1;
  UPDATE audit SET reason = reason || '!' WHERE audit_id = 1;
  UPDATE inbox_file SET state = 'done', taken_at = now(), ended_at = now() - interval '6 years',
    in_work = true WHERE state = 'ready';
  UPDATE party SET record = set_byte(record, 20, get_byte(record, 20) # 1);
  UPDATE party_key SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1);
  INSERT INTO funding_item (bucket, loan_id, business_date, place, event_id, plan_id, party, kind,
      principal, interest, penalty, compound, fee, service_fee, service_tax)
    VALUES (0, 1, '2026-02-20', 0, 1, 1, 'P1', movement_repayment(), 2000000, 0, 0, 0, 0, 0, 0)`;

/** Of before the last restore. */
const ERASED = `INSERT INTO party_erasure (bucket, party_no, erased_on, reason, maker, checker, proof)
  VALUES (1, 'C0', '2026-03-01', 'why', '甲', '乙', '')`;

/** An order in flight, as a batch leaves it. */
const ORDERED = `INSERT INTO payment_batch (batch_id, channel, business_date, name, orders, amount,
    made_by, sha256, written_at)
  VALUES (1, 'QQ', '2026-03-02', 'QQ-20260302-1.csv', 1, 500, '甲', 'x', now());
  INSERT INTO payment_order (order_no, batch_id, line, channel, bucket, loan_id, loan_no, seq,
    attempt, part, asked_on, amount, party_no, party_version, account_at, account_mark)
  SELECT 'QQ-1-1-1-1', 1, 1, 'QQ', bucket, loan_id, loan_no, 1, 1, 1, '2026-03-02', 500, 'C1', 1, 0,
    '\\x01' FROM loan ORDER BY loan_id LIMIT 1;
  INSERT INTO merchant_order (bucket, loan_id, merchant, terms_version, entered_on)
  SELECT bucket, loan_id, 'M1', 1, (SELECT business_date FROM book) FROM loan
  ORDER BY loan_id LIMIT 1`;

/** A list that changed hands: again it is done before. */
async function assigned(file: string): Promise<string> {
  const { document } = await readAssignment(file);
  const { sha256 } = storedDocument(document);
  return `INSERT INTO funding_assignment (assignment_id, code, version, kind, cut_on, effective_on,
      buyer, groups, loans, sold, price, document, sha256, assigned_by, checker)
    VALUES (1, '${document.code}', 1, 'sale', '2026-03-02', '2026-03-03', 'P1', '{}', 1, 100, 98,
      '', '${sha256}', '甲', '乙')`;
}

const QUIET = `
  DELETE FROM break_action; DELETE FROM recon_break; TRUNCATE statement CASCADE;
  DELETE FROM channel_version; TRUNCATE impairment_version CASCADE`;

const NEWER = "INSERT INTO migration (version, name, sha256) VALUES (9999, 'x.sql', 'x')";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a command line runs. */
interface Place {
  readonly env: Environment;
  readonly book: string;
  readonly signal?: AbortSignal;
}

/** Builds each world once, when the first row asks for it. */
export class Worlds {
  readonly folder = mkdtempSync(join(tmpdir(), 'loanbook-exits-'));
  readonly #built = new Map<World, Promise<Place>>();
  readonly #databases: TestDatabase[] = [];
  readonly #servers: Server[] = [];
  #base: TestDatabase | undefined;

  async begin(): Promise<void> {
    writeFiles(join(this.folder, 'files'));
    writeInbox(join(this.folder, 'in'));
    this.#base = this.#kept(await dumpedBook());
    const place = this.#at(this.#base);
    writeFileSync(join(this.folder, 'files/core.csv'), await coreBalances(this.#base));
    const prepare = [
      'db migrate',
      'gl period reopen 2026-02 --reason why --by 甲',
      'gl voucher import @manual.csv --by 甲',
      'channel apply @bank.yaml',
      'funding plan apply @funding-plan.yaml',
      'channel apply @channel.yaml',
      'funding layout apply @partner-layout.yaml',
      'funding layout apply @partner-layout-2.yaml',
      ...['partner', 'guarantor'].map((name) => `partner apply @${name}.yaml`),
      'funding guarantee apply @guarantee.yaml',
      'merchant apply @merchant.yaml',
      'keys init --by 甲',
      'party import @parties.csv',
      ...['plan', 'plan-1', 'plan-3', 'plan-4', 'plan-once'].map(
        (name) => `plan apply @${name}.yaml`,
      ),
      'night run NIGHT',
      'files apply @inbox.yaml',
      'files scan',
      'files scan',
    ];
    for (const line of prepare) {
      const ended = await this.#run(place, line);
      expect({ line, ...ended }).toMatchObject({ exitCode: 0 });
    }
    await asOwner(this.#base, ERASED);
    await asOwner(this.#base, ORDERED);
    await asOwner(this.#base, await assigned(join(this.folder, 'files/assignment.yaml')));
  }

  async end(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const database of this.#databases) await database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async run(world: World, line: string): Promise<Captured> {
    const known = this.#built.get(world) ?? this.#build(world);
    if (world !== 'fresh') this.#built.set(world, known);
    return this.#run(await known, line);
  }

  #run({ env, book, signal }: Place, line: string): Promise<Captured> {
    const words = line
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => word.replace(/^@/, `${this.folder}/files/`));
    return capture(['--quiet', '--book', book, ...words], { env, signal });
  }

  #kept(database: TestDatabase): TestDatabase {
    this.#databases.push(database);
    return database;
  }

  #at({ target }: TestDatabase, signal?: AbortSignal): Place {
    // What is logged would stand before the error.
    const env = { ...environmentOf(target), LOANBOOK_LOG_LEVEL: 'error' };
    return { env, book: this.folder, signal };
  }

  async #copy(sql?: string): Promise<TestDatabase> {
    const database = this.#kept(await databaseLike(this.#base!));
    if (sql !== undefined) await asOwner(database, sql);
    return database;
  }

  async #build(world: World): Promise<Place> {
    switch (world) {
      case 'book':
      case 'fresh':
        return this.#at(await this.#copy());
      case 'stopped':
        return this.#at(await this.#copy(), AbortSignal.abort());
      case 'closing':
        return this.#at(await this.#copy(CLOSING));
      case 'tampered':
        return this.#at(await this.#copy(TAMPERED));
      case 'quiet':
        return this.#quiet();
      case 'people':
        return this.#people();
      case 'unsealed':
        return this.#at(await this.#unsealed());
      case 'bookless':
        return this.#at(this.#kept(await testDatabase()));
      case 'blank':
        return this.#at(this.#kept(await emptyDatabase()));
      case 'newer': {
        const database = this.#kept(await testDatabase());
        await asOwner(database, NEWER);
        return this.#at(database);
      }
      default:
        return this.#without(world);
    }
  }

  /** Worlds without a database of their own. */
  async #without(world: World): Promise<Place> {
    const book = join(this.folder, 'files/product.yaml');
    const at = (port: number) => ({ DATABASE_URL: `postgres://ann@localhost:${port}/book` });
    switch (world) {
      case 'embedded':
        return { env: {}, book: join(this.folder, 'embedded') };
      case 'no-folder':
        return { env: {}, book };
      case 'bad-url':
        return { env: { DATABASE_URL: 'nonsense' }, book: this.folder };
      case 'starting':
        return { env: at(await this.#startingServer()), book: this.folder };
      default:
        return { env: at(1), book: this.folder };
    }
  }

  async #quiet(): Promise<Place> {
    const place = this.#at(await this.#copy(QUIET));
    for (const line of ['channel apply @bank.yaml', 'channel apply @quiet-channel.yaml']) {
      expect(await this.#run(place, line)).toMatchObject({ exitCode: 0 });
    }
    return place;
  }

  async #people(): Promise<Place> {
    const place = this.#at(await this.#copy());
    for (const line of ['person add 甲 --by 甲', 'person add 乙 --role finance --by 甲']) {
      expect(await this.#run(place, line)).toMatchObject({ exitCode: 0 });
    }
    return place;
  }

  async #unsealed(): Promise<TestDatabase> {
    const database = this.#kept(await testDatabase());
    const frame = { entity: 'T', currency: 'CNY', calendar: 'cn' };
    const firstBusinessDate = parseDay(DUMPED_OPEN_DAY) ?? 0;
    await withClient(database.target, {}, (client) =>
      createBook(client, { ...frame, firstBusinessDate }),
    );
    return database;
  }

  /** Says what a server says that is starting up: SQLSTATE 57P03. */
  #startingServer(): Promise<number> {
    const fields = ['SFATAL', 'VFATAL', 'C57P03', 'Mthe database system is starting up', ''];
    const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(body.length + 4, 1);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([head, body])));
    });
    this.#servers.push(server);
    return new Promise((resolve) => {
      server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port));
    });
  }
}

async function asOwner({ target }: TestDatabase, sql: string): Promise<void> {
  await withClient(target, { role: 'owner' }, (client) => client.query(sql));
}

/** What another core would say that stands as we do. */
async function coreBalances({ target }: TestDatabase): Promise<string> {
  const { rows } = await withClient(target, {}, (client) =>
    client.query<{ line: string }>(
      `SELECT l.loan_no || ',' || round(p.principal / 100.0, 2) AS line FROM position p
       JOIN loan l USING (bucket, loan_id) WHERE p.business_date = '2026-03-02'`,
    ),
  );
  return ['loan_no,principal', ...rows.map(({ line }) => line), ''].join('\n');
}
