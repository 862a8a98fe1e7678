/** A kind of input: a right one, the command that takes it, and what stands when it is taken. */
export interface InputKind {
  readonly name: string;
  readonly format: 'table' | 'document';
  readonly path: string;
  readonly original: string;
  readonly fileName: string;
  /** Words behind the command; FILE is the mutant, `@name` another file of `beside`. */
  readonly words: readonly string[];
  readonly beside?: Readonly<Record<string, string>>;
  /** What was taken, as text by column or path; without it, what the command prints. */
  readonly stored?: string;
  /** The command changes no book: that is asked once, in the end. */
  readonly isReading?: boolean;
  /** The book is a new one with a calendar; else it is the dumped one. */
  readonly isNew?: boolean;
  /** How many of a hundred mutants are of this kind. */
  readonly share: number;
}

export const lines = (...all: string[]) => all.map((line) => `${line}\n`).join('');
/** Minor units as text with two decimals, in SQL. */
export const decimal = (column: string) => `round(${column} / 100.0, 2)::text`;

export const STORED_LOANS = `SELECT loan_no, ${decimal('principal')} AS principal, rate,
    periods::text AS periods, disbursed_on::text AS disbursed_on,
    coalesce(first_due_on::text, '') AS first_due_on, paid_periods::text AS paid_periods, org
  FROM loan WHERE import_id > 33 ORDER BY loan_no`;
