/** The documents that the naive model reads: as JSON has them, what is left out undefined. */
export interface WhenPart {
  readonly months?: readonly number[];
  readonly weekdays?: readonly string[];
  readonly working?: boolean;
  readonly month_day?: readonly number[];
  readonly working_day?: readonly number[];
}

export interface JobPart {
  readonly job: string;
  readonly run: readonly string[];
  readonly needs?: readonly string[];
  readonly when?: WhenPart;
  readonly always?: boolean;
  readonly files?: readonly { readonly name: string }[];
  readonly files_by?: string;
  readonly files_missing?: string;
  readonly window?: readonly [string, string];
  readonly window_missed?: string;
  readonly deadline?: string;
  readonly time_out?: string;
  readonly retry?: {
    readonly times: number;
    readonly wait: string;
    readonly factor: number;
    readonly max: string;
    readonly on: readonly number[];
  };
  readonly accept?: readonly number[];
  readonly skip?: string;
}

export interface CalendarPart {
  readonly years: readonly number[];
  readonly holidays: readonly string[];
  readonly workdays: readonly string[];
}

export interface ActPart {
  readonly at: string;
  readonly do: string;
  readonly job?: string;
  readonly by?: string;
  readonly checker?: string;
  readonly reason?: string;
}

export interface PlanRunDocument {
  readonly plan: {
    readonly plan: string;
    readonly version: number;
    readonly time_zone: string;
    readonly at: string;
    readonly after_days: number;
    readonly first_date: string;
    readonly parallel: number;
    readonly jobs: readonly JobPart[];
  };
  readonly calendar: CalendarPart | null;
  readonly date: string;
  readonly start: string;
  readonly outcomes: Readonly<Record<string, readonly { exit: number; seconds: number }[]>>;
  readonly files: readonly { readonly name: string; readonly ready_at: string }[];
  readonly acts: readonly ActPart[];
  readonly until: string;
}
