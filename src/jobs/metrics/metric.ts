import type pg from 'pg';

/** A figure of the moment for whoever watches; its name is told without the program's. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks the book for a figure, in a transaction that sees one moment. */
export type MetricSource = (client: pg.Client) => Promise<Metric>;

const PREFIX = 'loanbook_';

/**
 * The text format of Prometheus. Without timestamps: node_exporter drops a whole file that has one.
 * A metric without a sample is left out.
 */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const full = `${PREFIX}${name}`;
      const head = `# HELP ${full} ${escaped(help)}\n# TYPE ${full} ${type}\n`;
      return head + samples.map((sample) => sampleLine(full, sample)).join('');
    })
    .join('');
}

function sampleLine(name: string, { labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  );
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
