import { type Columns, tableOf } from '../../files/report.js';
import { readTextFile } from '../../files/text-file.js';
import { applyTerms } from '../../jobs/funding/terms/apply-terms.js';
import type { TermsKind } from '../../jobs/funding/terms/terms-kind.js';
import { listTerms, showTerms, type TermsEntry } from '../../jobs/funding/terms/terms-queries.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printJson, printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { printDocument } from '../shell/print-document.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const VERSION_MAX = 999_999_999;

/** `apply` of a partner, guarantee or merchant. */
export function applyCommand(
  kind: TermsKind,
): CommandModule<[string], { by?: string; dryRun?: boolean }> {
  return {
    configure(cmd) {
      cmd.argument('<file>').option('--dry-run').option('--by <name>');
    },
    async run(context, [source], { by, dryRun = false }) {
      const text = await readTextFile(source);
      const actor = { by, act: 'partner', isNamed: false } as const;
      const applied = await actInBook(context, actor, (client, person) =>
        applyTerms(client, kind, text, { source, by: person, dryRun }),
      );
      printOutcome(context, { ...applied });
      noteDoneBefore(context, applied.outcome);
      return undefined;
    },
  };
}

const VERSION_COLUMNS = {
  code: 'text',
  version: 'count',
  effectiveFrom: ['date', 'effective from'],
} as const;
const APPLIED_COLUMNS = {
  appliedAt: ['time', 'applied'],
  appliedBy: ['text', 'by'],
} as const;

interface ListOf<Kind extends TermsKind, Row> {
  readonly kind: Kind;
  /** Of the table, and of the list in JSON. */
  readonly name: string;
  /** What is shown of each beside its version. */
  readonly columns: Columns<Row>;
  readonly rowOf: (terms: TermsEntry<Kind>['terms']) => Row;
}

/** `list` of them: every version with what it is about. */
export function listCommand<Kind extends TermsKind, Row extends object>({
  kind,
  name,
  columns,
  rowOf,
}: ListOf<Kind, Row>): CommandModule<[], ReportFlags> {
  return {
    configure(cmd) {
      configureReport(cmd);
    },
    async run(context, _args, flags) {
      const way = wayOut(context, flags);
      const entries = await inBook(context, (client) => listTerms(client, kind));
      const rows = entries.map(({ terms, code, version, effectiveFrom, ...rest }) => ({
        ...{ code, version, effectiveFrom },
        ...rowOf(terms),
        ...rest,
      }));
      const shown = { ...VERSION_COLUMNS, ...columns, ...APPLIED_COLUMNS };
      const report = { head: {}, tables: [tableOf<object>(name, shown, rows)] };
      await putReport(context, report, way, { document: { [name]: rows } });
      return undefined;
    },
  };
}

/** `show` of one: the document as the book keeps it. */
export function showCommand(kind: TermsKind): CommandModule<[string], Record<string, string>> {
  const flag = `--${kind}-version`;
  return {
    configure(cmd) {
      cmd.argument('<code>').option(`${flag} <number>`);
    },
    async run(context, [code], options) {
      const version = countOption(flag, options[`${kind}Version`], 1, VERSION_MAX);
      const shown = await inBook(context, (client) => showTerms(client, kind, code, version));
      printDocument(context, shown);
      return undefined;
    },
  };
}

/** `schema`: the keys of the document for an editor. */
export function schemaCommand(schema: () => Record<string, unknown>): CommandModule {
  return {
    async run(context) {
      printJson(context.stdout, schema());
      return undefined;
    },
  };
}
