/** Texts of a part of a statement by their path in it, each in the order it came. */
export class CamtFields {
  readonly line: number;
  readonly #texts = new Map<string, string[]>();

  constructor(line: number) {
    this.line = line;
  }

  add(path: string, text: string): void {
    const texts = this.#texts.get(path);
    if (texts === undefined) this.#texts.set(path, [text]);
    else texts.push(text);
  }

  /** The first text of the first path that has one; empty: none. */
  first(...paths: readonly string[]): string {
    for (const path of paths) {
      const [text] = this.#texts.get(path) ?? [];
      if (text !== undefined) return text;
    }
    return '';
  }

  all(path: string): readonly string[] {
    return this.#texts.get(path) ?? [];
  }
}

/** What is kept of a statement, beside its balances and entries. */
const OF_STATEMENT = 'Id|Acct/Id/IBAN|Acct/Id/Othr/Id|Acct/Ccy';
const OF_BALANCE = 'Tp/CdOrPrtry/Cd|Amt|CdtDbtInd';
const OF_CODE = 'BkTxCd/Domn/Cd|BkTxCd/Domn/Fmly/Cd|BkTxCd/Domn/Fmly/SubFmlyCd|BkTxCd/Prtry/Cd';
const OF_ENTRY =
  'NtryRef|Amt|CdtDbtInd|RvslInd|Sts|Sts/Cd|Sts/Prtry|BookgDt/Dt|BookgDt/DtTm|ValDt/Dt|ValDt/DtTm' +
  '|AcctSvcrRef|AddtlNtryInf';
const OF_PARTIES = ['Dbtr', 'Cdtr']
  .flatMap((who) => [`${who}/Nm`, `${who}/Pty/Nm`, `${who}Acct/Id/IBAN`, `${who}Acct/Id/Othr/Id`])
  .map((path) => `RltdPties/${path}`)
  .join('|');
const OF_PART =
  'Refs/EndToEndId|Refs/AcctSvcrRef|Amt|CdtDbtInd|AmtDtls/TxAmt/Amt|RmtInf/Ustrd' +
  '|RmtInf/Strd/CdtrRefInf/Ref|AddtlTxInf|RtrInf/Rsn/Cd|RtrInf/Rsn/Prtry';

/** Paths whose texts are kept, by what they are in: a statement with its names alone is long. */
export const KEPT = {
  statement: new Set(OF_STATEMENT.split('|')),
  balance: new Set(OF_BALANCE.split('|')),
  entry: new Set(`${OF_ENTRY}|${OF_CODE}`.split('|')),
  part: new Set(`${OF_PART}|${OF_CODE}|${OF_PARTIES}`.split('|')),
} as const;
