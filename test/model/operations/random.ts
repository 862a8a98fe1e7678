const MODULUS = 2_147_483_647;

/** Park and Miller: whole numbers below a bound, the same ones for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = (seed * 7919) % MODULUS || 1;
  return (below) => {
    state = (state * 48_271) % MODULUS;
    return Math.floor((state / MODULUS) * below);
  };
}
