/**
 * The live page's script, as text: it listens to the stream, puts new numbers in the place of
 * old ones, and says when the stream is gone. Markup comes from the stream alone, in which
 * every text from outside is escaped, and the page's policy lets no script in it run.
 */
import { TIPS } from "../report/script.ts";

/** What stands between `<script>` and `</script>`. */
export const LIVE_SCRIPT = `
"use strict";
(() => {
  const { page, gone } = document.documentElement.dataset;
  const connection = document.getElementById("connection");
  let source;
  let heard = performance.now();

  function listen() {
    source?.close();
    source = new EventSource("events");
    source.onmessage = (event) => show(JSON.parse(event.data));
    source.onerror = () => tell(gone, true);
  }

  function show(message) {
    heard = performance.now();
    if (message.page !== page) return location.reload();
    tell(message.connection, false);
    for (const [id, markup] of Object.entries(message.parts)) {
      const template = document.createElement("template");
      template.innerHTML = markup;
      change(document.getElementById(id), template.content);
    }
  }

  // a text that is the same is not announced again
  function tell(text, isGone) {
    if (connection.textContent !== text) connection.textContent = text;
    document.body.classList.toggle("gone", isGone);
  }

  // only what differs is touched, so that focus, selection and scrolling stay; what the
  // reader has unfolded stays open
  function change(old, fresh) {
    const kids = [...fresh.childNodes];
    while (old.childNodes.length > kids.length) old.lastChild.remove();
    kids.forEach((kid, i) => {
      const was = old.childNodes[i];
      if (!was) old.append(kid);
      else if (was.nodeName !== kid.nodeName) was.replaceWith(kid);
      else if (kid.nodeType !== Node.ELEMENT_NODE) {
        if (was.nodeValue !== kid.nodeValue) was.nodeValue = kid.nodeValue;
      } else {
        for (const name of was.getAttributeNames()) {
          if (name !== "open" && !kid.hasAttribute(name)) was.removeAttribute(name);
        }
        for (const { name, value } of kid.attributes) {
          if (was.getAttribute(name) !== value) was.setAttribute(name, value);
        }
        change(was, kid);
      }
    });
  }

  listen();
  setInterval(() => {
    const silent = performance.now() - heard;
    if (silent > 5000) tell(gone, true);
    if (source.readyState === EventSource.CLOSED || silent > 15000) {
      heard = performance.now() - 5000;
      listen();
    }
  }, 1000);

${TIPS}})();
`;
