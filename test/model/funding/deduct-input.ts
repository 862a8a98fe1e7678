/** The document of `funding simulate`, kind `deduct`, as a writer of one sees it. */
export interface DeductInput {
  readonly kind: 'deduct';
  readonly channel: Channel;
  readonly dues: readonly Due[];
  readonly steps: readonly Step[];
}

export interface Channel {
  readonly code: string;
  readonly single?: string | null;
  readonly daily?: string | null;
  readonly banks?: Readonly<Record<string, { single?: string | null; daily?: string | null }>>;
  readonly minimum?: string;
  readonly partial?: boolean;
  readonly max_attempts?: number;
  readonly batch_max?: number | null;
  readonly words?: Readonly<Record<string, string>>;
  readonly codes?: Readonly<Record<string, string>>;
}

export interface Due {
  readonly loan_no: string;
  readonly due_on: string;
  readonly seq: number;
  readonly amount: string;
  readonly cards: readonly { readonly card: string; readonly bank: string }[];
}

export interface Line {
  readonly order_no: string;
  readonly word: string;
  readonly amount: string;
  readonly code?: string;
  readonly channel_date?: string;
}

interface At {
  readonly at: string;
}

export type Step = At &
  (
    | { readonly type: 'run' }
    | {
        readonly type: 'result';
        readonly file: string;
        readonly count: number;
        readonly total: string;
        readonly lines: readonly Line[];
      }
    | (Omit<Line, 'amount'> & { readonly type: 'query'; readonly amount?: string })
    | { readonly type: 'return'; readonly order_no: string; readonly code?: string }
    | {
        readonly type: 'release';
        readonly order_no: string;
        readonly by: string;
        readonly checked_by: string;
      }
    | {
        readonly type: 'repayment';
        readonly ref: string;
        readonly loan_no: string;
        readonly amount: string;
      }
    | { readonly type: 'hold'; readonly loan_no: string }
    | { readonly type: 'unhold'; readonly loan_no: string }
  );
