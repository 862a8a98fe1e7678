import { EXIT, LoanbookError } from '../../errors.js';

interface IdKind {
  /** In a sentence: "the number of ...". */
  readonly what: string;
  readonly max: number;
  /** The command that lists them. */
  readonly listedBy: string;
}

/** What a command is told to look at or to act on by its number. */
export const ID = {
  run: { what: 'a run', max: 2 ** 31 - 1, listedBy: 'runs list' },
  import: { what: 'an import', max: 2 ** 31 - 1, listedBy: 'import list' },
  approval: { what: 'an approval', max: 2 ** 31 - 1, listedBy: 'approve list --all' },
  key: { what: 'a master key', max: 65_535, listedBy: 'keys list' },
  break: { what: 'a break', max: Number.MAX_SAFE_INTEGER, listedBy: 'breaks list' },
  entry: { what: 'a manual voucher', max: 2 ** 31 - 1, listedBy: 'gl voucher list' },
  voucher: { what: 'a voucher', max: Number.MAX_SAFE_INTEGER, listedBy: 'loan show LOAN_NO' },
} as const satisfies Record<string, IdKind>;

/** The number of one of them. Throws LoanbookError `malformed_number` (exit 2). */
export function idArgument({ what, max, listedBy }: IdKind, text: string): number {
  const id = /^[0-9]{1,16}$/.test(text) ? Number(text) : 0;
  if (id >= 1 && id <= max) return id;
  throw new LoanbookError('malformed_number', `That is not the number of ${what}.`, {
    exitCode: EXIT.usage,
    evidence: { value: text },
    next: `\`loanbook ${listedBy}\` shows them.`,
  });
}
