/**
 * What only the live page of a stream says, in English and French.
 */
import { numbersFor } from "./numbers.ts";
import { both, frenchSpaces } from "./typography.ts";

const E = numbersFor("en");
const F = numbersFor("fr");

/** Words of the live page; see {@linkcode Words} for how they reach it. */
export const LIVE = {
  liveTitle: both("Students, live", "Les étudiants en direct"),
  liveStates: both(
    {
      connecting: "Looking for the broker",
      joining: "Waiting for a share of the partitions",
      flowing: "Live",
      "waiting for the broker": "The broker is away: it is tried again and again",
      stopping: "The stream is ending",
    },
    {
      connecting: "Recherche du broker",
      joining: "En attente d’une part des partitions",
      flowing: "En direct",
      "waiting for the broker": frenchSpaces(
        "Le broker est absent : nouvelles tentatives en cours",
      ),
      stopping: "Le flux se termine",
    },
  ),
  disconnected: both(
    "Disconnected: the numbers are the last that came. Trying again.",
    frenchSpaces(
      "Déconnecté : ces nombres sont les derniers reçus. Nouvelle tentative.",
    ),
  ),
  group: both("Group", "Groupe"),
  store: both("Store", "Dépôt"),
  now: both("Now", "Maintenant"),
  perSecond: both("Messages a second", "Messages par seconde"),
  lag: both("Lag", "Retard"),
  commitLatency: both("A commit takes", "Durée d’une validation"),
  rebalances: both("Rebalances", "Répartitions"),
  partitionsTable: both(
    "The partitions that this stream reads",
    "Les partitions que ce flux lit",
  ),
  partition: both("Partition", "Partition"),
  checkpoint: both("Checkpoint", "Point de reprise"),
  end: both("End", "Fin"),
  noPartitions: both("No partition is assigned.", "Aucune partition n’est attribuée."),
  lastRejects: both("Last refused", "Derniers refus"),
  noLastRejects: both(
    "None since the stream was started.",
    "Aucun depuis le démarrage du flux.",
  ),
  drawing: both("The charts are being drawn.", "Les graphiques se dessinent."),
  milliseconds: both(
    (ms: number) => `${E.whole(ms)}\u00a0ms`,
    (ms: number) => `${F.whole(ms)}\u00a0ms`,
  ),
} as const;
