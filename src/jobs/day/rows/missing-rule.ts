/** An event that no posting rule covers: it stops the close before anything is sealed. */
export class MissingRule extends Error {
  readonly movement: string;
  readonly balance: string;
  readonly accruing: boolean;

  constructor(movement: string, balance: string, accruing: boolean, isPartners: boolean) {
    const share = isPartners ? ', share partner' : '';
    super(`no posting rule for ${movement} of ${balance}${share}`);
    this.movement = movement;
    this.balance = balance;
    this.accruing = accruing;
  }
}
