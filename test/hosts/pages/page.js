/** Runs the script that the page's address names, here or in a module worker, posts what it reports, and goes on to the next page. */
const { script, inWorker } = Object.fromEntries(new URLSearchParams(location.search));

globalThis.report = async (text) => {
  const next = await fetch(`/found${location.search}`, { method: 'POST', body: JSON.stringify({ text, isolated: crossOriginIsolated }) });
  location.replace(await next.text());
};

if (inWorker) {
  const worker = new Worker(`/pages/worker.js${location.search}`, { type: 'module' });
  worker.onmessage = ({ data }) => report(data);
  worker.onerror = ({ message }) => report(message);
} else if (script.endsWith('.cjs')) {
  // What is no module is a script of the document.
  const element = document.createElement('script');
  element.src = script;
  element.onerror = () => report('its script was not found');
  document.head.append(element);
} else import(script).catch((error) => report(String(error)));
