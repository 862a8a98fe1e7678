import type pg from 'pg';
import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { nullField } from '../../../db/copy/copy-array.js';
import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import type { RowProblem } from '../source/source-columns.js';

/** Of a merchant, as a loan keeps it that was paid to it. */
export interface SoldBy {
  readonly merchant: string;
  readonly version: number;
}

/** The versions of the book's merchants by code, the highest first. */
export class MerchantVersions {
  readonly #byCode = new Map<string, { version: number; effectiveFrom: EpochDay }[]>();

  static async load(client: pg.Client): Promise<MerchantVersions> {
    const { rows } = await client.query<{ code: string; version: number; from: string }>(
      `SELECT code, version, effective_from AS from FROM funding_terms
       WHERE kind = 'merchant' ORDER BY code, version DESC`,
    );
    const versions = new MerchantVersions();
    for (const { code, version, from } of rows) {
      const all = versions.#byCode.get(code) ?? [];
      all.push({ version, effectiveFrom: parseDay(from) ?? 0 });
      versions.#byCode.set(code, all);
    }
    return versions;
  }

  /** Who sold what a loan pays for: in the version in force that day, or why it cannot be. */
  of(merchant: string, disbursedOn: EpochDay): SoldBy | RowProblem | null {
    if (merchant === '') return null;
    const problem = (field: string, rule: string) => ({ field, rule, value: merchant });
    const all = this.#byCode.get(merchant);
    if (all === undefined) return problem('merchant', 'unknown_merchant');
    const found = all.find(({ effectiveFrom }) => effectiveFrom <= disbursedOn);
    if (found === undefined) return problem('merchant', 'merchant_not_effective');
    return { merchant, version: found.version };
  }
}

/** Its fields of `import_row`. */
export function putMerchant(writer: TupleWriter, soldBy: SoldBy | null): void {
  if (soldBy === null) {
    nullField(writer);
    nullField(writer);
  } else {
    writer.text(soldBy.merchant);
    writer.int4(soldBy.version);
  }
}
