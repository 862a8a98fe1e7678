import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { daySql } from '../day/day-sql.js';
import { dayTable } from '../day/day-table.js';
import type { ProvedBy, SenderSays } from '../import/source/file-proof.js';
import { type CoreScene, stageCore } from './core-file.js';
import { isClass, MEASURES, valueText } from './core-measures.js';

/** One loan and measure on which the two cores differ; amounts are decimal text. */
export interface CoreBreak {
  /** `class`: the same loan in another class, or accruing in one core alone. */
  readonly kind: 'missing_here' | 'missing_there' | 'differs' | 'class';
  readonly loanNo: string;
  /** Empty: the loan as a whole. */
  readonly measure: string;
  readonly here: string;
  readonly there: string;
}

export interface CoreComparison {
  readonly businessDate: string;
  readonly loansHere: number;
  readonly loansThere: number;
  readonly compared: readonly string[];
  /** What shows that the file is whole. */
  readonly provedBy: ProvedBy;
  readonly breaks: number;
  readonly byKind: readonly {
    readonly kind: string;
    readonly measure: string;
    readonly loans: number;
    /** Sum of here less there; a whole number for days past due, empty for a class. */
    readonly difference: string;
  }[];
  /** The first of them in loan order, so many as were asked for. */
  readonly first: readonly CoreBreak[];
}

/**
 * Compares the positions of a sealed day with another core's balance file, loan by loan and measure
 * by measure, in sets. A loan that owes nothing may be missing on either side. Throws LoanbookError
 * `day_not_sealed` (2), and as `stageCore` does; nothing is kept of the file.
 */
export async function reconcileCore(
  client: pg.Client,
  file: string,
  options: {
    readonly date: EpochDay;
    /** Differences up to so many minor units are none. */
    readonly tolerance: Fen;
    readonly most: number;
    /** What its sender says of the file; the total is that of `principal`. */
    readonly says?: SenderSays;
    /** Takes every break, in loan order. */
    readonly write?: (breaks: AsyncIterable<CoreBreak>) => Promise<void>;
  },
): Promise<CoreComparison> {
  return inTransaction(client, async () => {
    const scene = await sceneOf(client, options.date);
    const { compared, provedBy } = await stageCore(client, file, scene, options.says);
    const measures = compared
      .map((name) => `('${name}', ${isClass(name)}, ${MEASURES[name]}, c.${name})`)
      .join(', ');
    const sql = daySql(import.meta.url, 'core', options.date, { measures });
    await client.query(sql, [options.tolerance]);
    const counts = await client.query<{ here: number; there: number; repeated: string | null }>(
      `SELECT (SELECT count(*) FROM ${dayTable('position', options.date)}) AS here,
         (SELECT count(*) FROM core) AS there`,
    );
    const { rows: kinds } = await client.query<{
      kind: string;
      measure: string;
      loans: number;
      difference: bigint;
    }>(
      `SELECT kind, measure, count(*) AS loans, sum(here - there) AS difference
       FROM core_break GROUP BY kind, measure ORDER BY kind, measure`,
    );
    const first = await breaksFrom(client, scene, '', options.most);
    await options.write?.(allBreaks(client, scene));
    return {
      businessDate: scene.day,
      loansHere: counts.rows[0]!.here,
      loansThere: counts.rows[0]!.there,
      compared,
      provedBy,
      breaks: kinds.reduce((sum, { loans }) => sum + loans, 0),
      byKind: kinds.map(({ difference, ...kind }) => ({
        ...kind,
        difference: isClass(kind.measure) ? '' : valueText(kind.measure, difference, scene),
      })),
      first,
    };
  });
}

const BATCH = 10_000;

async function* allBreaks(client: pg.Client, scene: CoreScene): AsyncGenerator<CoreBreak> {
  let after = '';
  for (;;) {
    const batch = await breaksFrom(client, scene, after, BATCH);
    if (batch.length === 0) return;
    yield* batch;
    const last = batch.at(-1)!;
    after = `${last.loanNo}\n${last.measure}`;
  }
}

async function breaksFrom(
  client: pg.Client,
  scene: CoreScene,
  after: string,
  most: number,
): Promise<CoreBreak[]> {
  const [loanNo = '', measure = ''] = after.split('\n');
  const { rows } = await client.query<Omit<CoreBreak, 'here' | 'there'> & Record<string, Fen>>(
    `SELECT kind, loan_no AS "loanNo", measure, here, there FROM core_break
     WHERE (loan_no, measure) > ($1, $2) ORDER BY loan_no, measure LIMIT $3`,
    [loanNo, measure, most],
  );
  return rows.map((row) => ({
    kind: row.kind,
    loanNo: row.loanNo,
    measure: row.measure,
    here: row.kind === 'missing_here' ? '' : valueText(row.measure, row.here!, scene),
    there: row.kind === 'missing_there' ? '' : valueText(row.measure, row.there!, scene),
  }));
}

async function sceneOf(client: pg.Client, date: EpochDay): Promise<CoreScene> {
  const day = formatDay(date);
  const { rows } = await client.query<{ minor_digits: number }>(
    'SELECT b.minor_digits FROM book b, sealed_day s WHERE s.business_date = $1',
    [day],
  );
  if (rows[0] !== undefined) return { minorDigits: rows[0].minor_digits, day };
  throw new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
    exitCode: EXIT.usage,
    evidence: { businessDate: day },
    next: '`loanbook eod run` closes and seals a day.',
  });
}
