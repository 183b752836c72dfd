/** The regression's data: four points of two features, their labels, the rate of a step. */
export const data = {
  x: [
    [0.5, 1],
    [1.5, -0.5],
    [-1, 0.25],
    [-0.5, -1.5],
  ],
  y: [[1], [1], [0], [0]],
  rate: 0.1,
};
