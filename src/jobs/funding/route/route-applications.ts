import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { readTextFile } from '../../../files/text-file.js';
import { type Routed, Router, type RouteWay } from '../../../funding/route/router.js';
import { writeAudit } from '../../approvals/audit.js';
import { openDate } from '../../book/open-day.js';
import { applicationsOf, type FiledApplication } from './application-file.js';
import { exposuresOf, freeRoom, routePlans, type TakenRoom, takeRoom } from './room-of-plans.js';

export interface RouteOptions {
  readonly file: string;
  /** By default the open day. */
  readonly day: EpochDay | undefined;
  readonly by: RouteWay;
  /** The plan where none passes; null: none. */
  readonly fallback: string | null;
  /** Ids, one a line, of applications whose disbursement failed: they are freed first. */
  readonly failed?: string;
  /** Keep the room that is taken. */
  readonly keep: boolean;
  readonly signal?: AbortSignal;
}

/** What a plan has taken when all are routed. */
export interface PlanUse {
  readonly plan: string;
  readonly party: string;
  readonly routed: number;
  readonly daily: string;
  readonly total: string;
  readonly deposit: string | null;
}

export interface RouteOutcome {
  readonly day: string;
  readonly applications: number;
  readonly routed: number;
  readonly freed: number;
  readonly kept: boolean;
  readonly plans: readonly PlanUse[];
}

/** Any fixed number: rooms are taken by one after the other. */
const ROOM_LOCK = 5_262_666_045;

/**
 * Routes the applications of a day, in the order of their file: `write` is given a JSON object a
 * line, with the plan and why others were passed over. Unless it is kept, nothing is. Throws
 * LoanbookError as `applicationsOf`, `takeRoom` and `freeRoom`; nothing is kept then.
 */
export async function routeApplications(
  client: pg.Client,
  options: RouteOptions,
  write: (lines: AsyncIterable<string>) => Promise<unknown>,
): Promise<RouteOutcome> {
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [ROOM_LOCK]);
    const { rows } = await client.query<{ digits: number }>(
      'SELECT minor_digits AS digits FROM book',
    );
    const day = options.day ?? (await openDate(client));
    const minorDigits = rows[0]!.digits;
    await client.query('SAVEPOINT before_routing');
    const freed = options.failed === undefined ? 0 : await freeFailed(client, options.failed);
    const plans = await routePlans(client, day, minorDigits);
    const router = new Router(options.by, plans, await exposuresOf(client, plans));
    const run = new RouteRun(client, router, { ...options, day, minorDigits });
    await write(run.lines());
    if (!options.keep) await client.query('ROLLBACK TO before_routing');
    else {
      await writeAudit(client, {
        action: 'funding route',
        subject: formatDay(day),
        after: { applications: run.applications, routed: run.routed, freed },
      });
    }
    const { applications, routed } = run;
    const kept = options.keep;
    return { day: formatDay(day), applications, routed, freed, kept, plans: run.uses() };
  });
}

async function freeFailed(client: pg.Client, file: string): Promise<number> {
  const text = await readTextFile(file);
  const ids = text.split(/\r?\n/).filter((line) => line.trim() !== '' && line !== 'id');
  return ids.length === 0 ? 0 : freeRoom(client, [...new Set(ids)]);
}

type Run = Omit<RouteOptions, 'day'> & { readonly day: EpochDay; readonly minorDigits: number };

class RouteRun {
  applications = 0;
  routed = 0;
  readonly #client: pg.Client;
  readonly #router: Router;
  readonly #run: Run;
  readonly #counts: number[];
  readonly #heads: readonly string[];

  constructor(client: pg.Client, router: Router, run: Run) {
    this.#client = client;
    this.#router = router;
    this.#run = run;
    this.#counts = router.plans.map(() => 0);
    this.#heads = router.plans.map(({ plan }) => JSON.stringify(plan));
  }

  async *lines(): AsyncGenerator<string> {
    const { file: path, day, minorDigits, keep, signal } = this.#run;
    const read = { path, day, minorDigits, ...(signal === undefined ? {} : { signal }) };
    for await (const batch of applicationsOf(read)) {
      let text = '';
      const rooms: TakenRoom[] = [];
      for (const application of batch) {
        const routed = this.#router.route(application);
        text += this.#lineOf(application.id, routed);
        this.applications += 1;
        if (routed.plan === null) continue;
        this.routed += 1;
        this.#counts[routed.plan]! += 1;
        if (keep) rooms.push(this.#roomOf(application, routed, routed.plan));
      }
      await takeRoom(this.#client, day, rooms);
      if (text !== '') yield text;
    }
  }

  /** As JSON.stringify would write it, which takes three times as long for a million of them. */
  #lineOf(id: string, { plan, funded, skipped }: Routed): string {
    const { fallback, minorDigits } = this.#run;
    const head = plan === null ? JSON.stringify(fallback) : this.#heads[plan]!;
    let reasons = '';
    for (const [place, reason] of skipped.entries()) {
      if (reason === null) continue;
      reasons += `${reasons === '' ? '' : ','}${this.#heads[place]!}:"${reason}"`;
    }
    const amount = formatAmount(funded, minorDigits);
    const name = JSON.stringify(id);
    return `{"id":${name},"plan":${head},"funded":"${amount}","skipped":{${reasons}}}\n`;
  }

  #roomOf({ id, customer }: FiledApplication, { funded }: Routed, place: number): TakenRoom {
    const { plan, party } = this.#router.plans[place]!;
    return { id, plan, party, customer, amount: funded };
  }

  uses(): PlanUse[] {
    const { minorDigits } = this.#run;
    return this.#router.plans.map(({ plan, party }, place) => {
      const { daily, total, deposit } = this.#router.use(place);
      return {
        ...{ plan, party, routed: this.#counts[place]! },
        daily: formatAmount(daily, minorDigits),
        total: formatAmount(total, minorDigits),
        deposit: deposit === null ? null : formatAmount(deposit, minorDigits),
      };
    });
  }
}
