/** GradBench "lstm": the loss of a character model whose weights are diagonal, so every product is entry by entry. */
import { gradientsFunction, split, tensor, unstack } from 'gradtape';

const float64 = { dtype: 'float64' };

/** One step of one layer: gates forget and out read what comes in, gates in and change the hidden state before. */
function layer(input, { weights, bias }, hidden, cell) {
  const [wf, wi, wo, wc] = weights;
  const [bf, bi, bo, bc] = bias;
  const forget = input.mul(wf).add(bf).sigmoid();
  const enter = hidden.mul(wi).add(bi).sigmoid();
  const leave = input.mul(wo).add(bo).sigmoid();
  const change = hidden.mul(wc).add(bc).tanh();
  const next = cell.mul(forget).add(enter.mul(change));
  return [leave.mul(next.tanh()), next];
}

/** −Σ loss/(b·(c − 1)) over a sequence of c characters of b bits, as a function of the parameters. */
function lossOf({ state, sequence }) {
  const characters = unstack(tensor(sequence, float64));
  const start = unstack(tensor(state, float64));
  const [bits] = characters[0].shape;
  return ({ main, extra }) => {
    const rows = unstack(main).map((row) => split(row, 4));
    const layers = Array.from({ length: rows.length / 2 }, (_, k) => ({ weights: rows[2 * k], bias: rows[2 * k + 1] }));
    const [weightIn, weightOut, biasOut] = unstack(extra);
    let states = layers.map((_, k) => [start[2 * k], start[2 * k + 1]]);
    let total = 0;
    for (let t = 0; t + 1 < characters.length; t++) {
      let v = characters[t].mul(weightIn);
      states = states.map(([hidden, cell], k) => {
        const next = layer(v, layers[k], hidden, cell);
        v = next[0];
        return next;
      });
      const y = v.mul(weightOut).add(biasOut);
      const loss = y
        .sub(y.exp().sum().add(2).log())
        .mul(characters[t + 1])
        .sum();
      total = loss.add(total);
    }
    return total.mul(-1 / (bits * (characters.length - 1)));
  };
}

const parameters = ({ main_params, extra_params }) => ({ main: tensor(main_params, float64), extra: tensor(extra_params, float64) });

export const objective = (input) => lossOf(input)(parameters(input)).item();

export function jacobian(input) {
  const [{ main, extra }] = gradientsFunction(lossOf(input))(parameters(input));
  return [...main.data(), ...extra.data()];
}
