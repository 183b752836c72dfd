/** Node: the one that runs the tests, and others from the registry. */
const here = Number(process.versions.node.split('.')[0]);

export default [
  { name: `Node ${here}`, command: [process.execPath] },
  { name: 'Node 22', command: ['node_modules/node-22/bin/node'] },
  { name: 'Node 24', command: ['node_modules/node-24/bin/node'] },
];
