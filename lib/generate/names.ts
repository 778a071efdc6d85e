/**
 * The words that generated records are made of: names by origin, and fields of study
 * with their size and their ages, and the cells that go wrong. All are common names,
 * paired by chance: no record describes a real person.
 */

/** Where a name comes from: its first names go with its last names. */
export interface Origin {
  /** How many of 1,000 students. */
  readonly share: number;
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/**
 * A field of study. An age in it is `from`, plus an even draw below `rise`, plus the
 * least of `skew` even draws below `tail`: a short climb and a long tail to the right.
 */
export interface FieldOfStudy {
  readonly name: string;
  /** How many of 1,000 students. */
  readonly share: number;
  /** The youngest age, in years. */
  readonly from: number;
  /** How many years the climb takes, at least 1. */
  readonly rise: number;
  /** How many years the tail can last, at least 1. */
  readonly tail: number;
  /** How fast the tail thins out: 1 is even, 6 is steep. */
  readonly skew: number;
}

export const FIELDS: readonly FieldOfStudy[] = [
  { name: "Computer Science", share: 215, from: 17, rise: 5, tail: 28, skew: 5 },
  {
    name: "Economics, Management and Law",
    share: 160,
    from: 17,
    rise: 4,
    tail: 32,
    skew: 6,
  },
  { name: "Médecine", share: 130, from: 18, rise: 8, tail: 24, skew: 3 },
  { name: "Droit", share: 105, from: 18, rise: 4, tail: 34, skew: 6 },
  { name: "Génie Civil", share: 90, from: 18, rise: 5, tail: 18, skew: 4 },
  { name: "Mathematics", share: 70, from: 17, rise: 4, tail: 22, skew: 5 },
  { name: "Langues et Littératures", share: 60, from: 18, rise: 4, tail: 39, skew: 7 },
  { name: "Biologie", share: 50, from: 17, rise: 5, tail: 20, skew: 4 },
  { name: "Physics", share: 42, from: 17, rise: 5, tail: 18, skew: 4 },
  { name: "Architecture", share: 33, from: 18, rise: 6, tail: 16, skew: 3 },
  { name: "Psychologie", share: 22, from: 18, rise: 5, tail: 38, skew: 5 },
  { name: "Formation Continue", share: 20, from: 24, rise: 8, tail: 30, skew: 1 },
  { name: "Astronomie", share: 3, from: 19, rise: 5, tail: 12, skew: 3 },
];

/** Splits a list written with commas over several lines. */
function list(names: string): readonly string[] {
  return names.split(/,\s+/);
}

const MOROCCAN: Origin = {
  share: 600,
  first: list(`Ali, Omar, Youssef, Mehdi, Hamza, Anas, Yassine, Karim, Rachid, Hicham,
    Mohammed, Ahmed, Abdellah, Abderrahmane, Ayoub, Bilal, Brahim, Driss, Ismaïl, Khalid,
    Moulay-Rachid, Mustapha, Nabil, Othmane, Reda, Saïd, Soufiane, Tarik, Walid, Zakaria,
    Fatima-Zahra, Salma, Khadija, Imane, Meryem, Aïcha, Amina, Asmae, Chaïmae, Dounia,
    Ghita, Hajar, Hanane, Hasnaa, Houda, Ikram, Kawtar, Kenza, Lamiae, Loubna, Malika,
    Naïma, Nawal, Nisrine, Oumaïma, Rim, Sanaa, Siham, Soukaina, Zineb, Idder, Tiziri`),
  last: list(`Bennis, El Alaoui, Ben Youssef, Aït Taleb, El Fassi, Berrada, Tazi, Idrissi,
    El Idrissi, Benjelloun, Bennani, Cherkaoui, El Amrani, Lahlou, Sefrioui, Chraïbi,
    Alami, Filali, Kettani, Lamrani, Mernissi, Naciri, Ouazzani, Raïssouni, Sqalli,
    Skalli, Tahiri, Zniber, Ziani, Aït Benhaddou, Aït Ouarab, Amghar, Azoulay, Belkacem,
    Ben Abdellah, Ben Hammou, Benchekroun, Bouazza, Boukhris, Bouzidi, Chaoui, Daoudi,
    El Bakkali, El Ghazi, El Hachimi, El Khattabi, El Mansouri, El Yacoubi, Guessous,
    Hajji, Jebli, Kabbaj, M’Barek, Mekouar, Oulad Hassan, Rahmouni, Saïdi, Slaoui,
    Toumi, Zerouali`),
};

const FRENCH: Origin = {
  share: 215,
  first: list(`Jean-Baptiste, Anne-Sophie, Aurélie, Benoît, Camille, Cécile, Chloé,
    Clément, Élodie, Éric, Étienne, Eugénie, François, Françoise, Gaëlle, Gaëtan, Hélène,
    Hugo, Inès, Jérôme, Jules, Juliette, Léa, Loïc, Louis, Louise, Lucas, Maëlys, Manon,
    Marie-Noëlle, Mathieu, Maxime, Noé, Noémie, Océane, Pauline, Pierre-Yves, Raphaël,
    Rémi, Romain, Solène, Théo, Thérèse, Timothée, Valentin, Victoire, Xavier, Zoé`),
  last: list(`Martin, Bernard, Dubois, Durand, Lefèvre, Moreau, Laurent, Garnier, Faure,
    Rousseau, Blanc, Guérin, Muller, Henry, Roussel, Gauthier, Perrin, Morin, Mathieu,
    Clément, Gérard, Dufour, Mercier, Lambert, Boyer, François, Legrand, Noël, Lemaître,
    Chevalier, Dupré, de La Fontaine, de La Tour, d'Aubigné, du Plessis, Le Goff,
    Le Bihan, Saint-Martin, Petit-Jean, Lévêque, Dieudonné, L'Hermite`),
};

const WEST_AFRICAN: Origin = {
  share: 55,
  first: list(`Aminata, Mamadou, Ousmane, Fatou, Awa, Moussa, Ibrahima, Aïssatou, Cheikh,
    Adama, Mariama, Kwame, Ngozi, Kofi, Bintou, Sékou`),
  last: list(`N'Diaye, Diop, Traoré, Ouédraogo, Koné, N'Guessan, Keïta, Touré, Cissé,
    Sow, Fall, Mensah, Okafor, M'Bengue, Coulibaly, Bâ`),
};

const IBERIAN: Origin = {
  share: 50,
  first: list(`José, María, Begoña, Íñigo, Lucía, Álvaro, Nuño, João, Conceição, Inês,
    Tomás, Sofía, Ramón, Núria, Antónia, Xoán`),
  last: list(`García López, Muñoz, Núñez, Peña, Ibáñez, Gonçalves, Magalhães, Assunção,
    da Conceição, dos Santos, de la Cruz, Castaño, Güell, Simões, Araújo, Ordóñez`),
};

const GERMAN: Origin = {
  share: 20,
  first: list(
    `Jürgen, Käthe, Björn, Sören, Lieselotte, Jörg, Anna, Karl-Heinz, Anneliese`,
  ),
  // Null is a real last name, and a classic trap for software.
  last: list(`Müller, Groß, Weiß, Schäfer, Köhler, von Bülow, zu Lindenau, Vogt, Null`),
};

const TURKISH: Origin = {
  share: 20,
  first: list(`İbrahim, Gülşen, Çağla, Ömer, Işıl, Şükrü, Ayşegül, Deniz, İpek`),
  last: list(`Yılmaz, Öztürk, Çelik, Şahin, Doğan, Kılıç, Işık, İnce, Güneş`),
};

const ELSEWHERE: Origin = {
  share: 25,
  first: list(`Siobhán, Nan, Åse, Łukasz, Zdeněk, Håkon, Þóra, Nguyệt, Đức, Ștefan, Jiří,
    Małgorzata, Željko, Aoife, Mei-Ling, Priya, Oisín`),
  last: list(`O'Connor, McAllister, Ó Briain, Ødegård, Ö, Wójcik, Dvořák, Nguyễn, Trần,
    Ionescu, Černý, Jakobsdóttir, Kovačević, Ng, Iyer, van den Berg, Õunapuu, Smith-Jones`),
};

const ARABIC_SCRIPT: Origin = {
  share: 8,
  first: list(`محمد, فاطمة, يوسف, خديجة, عبد الله, أمينة, إدريس, زينب`),
  last: list(`العلوي, بنيس, الإدريسي, بن يوسف, التازي, الفاسي, آيت الطالب, برادة`),
};

const GREEK: Origin = {
  share: 3,
  first: list(`Ελένη, Γιώργος, Νίκος, Σοφία, Ανδρέας`),
  last: list(`Παπαδόπουλος, Νικολάου, Ιωάννου, Βασιλείου, Οικονόμου`),
};

const CYRILLIC: Origin = {
  share: 4,
  first: list(`Анна, Дмитрий, Ольга, Андрій, Йоана`),
  last: list(`Соколова, Шевчук, Ковальов, Димитрова, Ёлкин`),
};

export const ORIGINS: readonly Origin[] = [
  MOROCCAN,
  FRENCH,
  WEST_AFRICAN,
  IBERIAN,
  GERMAN,
  TURKISH,
  ELSEWHERE,
  ARABIC_SCRIPT,
  GREEK,
  CYRILLIC,
];

export const NICKNAMES: readonly string[] = ["Momo", "Lou", "Sam", "Nour", "Alix"];

/** Zero-width space, soft hyphen, left-to-right mark, right-to-left override, ESC. */
export const INVISIBLE: readonly string[] = [
  "\u200b",
  "\u00ad",
  "\u200e",
  "\u202e",
  "\x1b[1m",
];

/** Ages that are no integer; a missing one is the most frequent. */
export const NOT_INTEGER: readonly string[] = list(
  `, , , n/a, 21.5, 22.0, vingt, 23 ans, ?, ٢١`,
);

/** Ages that nobody has: a typing error, a sign too many, a year of birth. */
export const OUT_OF_RANGE: readonly string[] = [
  "212",
  "-3",
  "999",
  "1999",
  "2003",
  "151",
];

/** First names that a spreadsheet would run, all of them harmless. */
export const FORMULAS: readonly string[] = ["=1+1", "@SUM", "+A1", "-", "＝2*3"];
