/**
 * The words that the inputs of the benchmark are made of. They stand apart from those of
 * `lib/generate`, so that a better sample never moves the measurements.
 */

/** First names, last names and fields of study in one script. */
export interface Words {
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly fields: readonly string[];
}

/** Splits a list written with commas over several lines. */
function list(words: string): readonly string[] {
  return words.split(/,\s+/);
}

/** Plain ASCII; a record of them is 33 bytes long on average. */
export const ENGLISH: Words = {
  first: list(
    `Ali, Anas, Anna, Claire, David, Driss, Emma, Fatima, Hamza, Hugo, Imane, John,
    Karim, Khadija, Laura, Leila, Lina, Lucas, Marie, Mehdi, Meryem, Mohamed, Nadia, Omar,
    Paul, Pierre, Rachid, Salma, Sara, Sofia, Youssef, Zineb`,
  ),
  last: list(
    `Alaoui, Amrani, Bennis, Bernard, Berrada, Brown, Chraibi, Costa, Dubois, El Fassi,
    Garcia, Haddad, Idrissi, Johnson, Kettani, Lahlou, Laurent, Lopez, Mansouri, Martin,
    Moreau, Ouazzani, Rossi, Schmidt, Sekkat, Silva, Smith, Tazi, Weber, Williams`,
  ),
  fields: list(`Applied Physics, Architecture, Business Studies, Civil Engineering,
    Comparative Law, Computer Science, Data Science, Dental Medicine, Economics,
    Electrical Engineering, Marine Biology, Mathematics, Modern History, Modern Languages,
    Organic Chemistry, Philosophy, Political Science, Psychology, Sociology,
    Veterinary Science`),
};

/** Four words in five have a letter outside ASCII. */
export const FRENCH: Words = {
  first: list(`Aurélie, Benoît, Chloé, Cécile, Élodie, Étienne, François, Gaëlle, Hélène,
    Jérôme, Loïc, Léa, Maëlys, Noémie, Raphaël, Rémi, Solène, Théo, Thérèse, Zoé, Camille,
    Hugo, Louis, Manon, Marie`),
  last: list(
    `Bélanger, Béranger, Clément, Crépin, Dieudonné, Dupré, Fénelon, Gagné, Guérin,
    Gérard, Hébert, Lebœuf, Lefèvre, Lemaître, Légaré, Lévêque, Noël, Périer, Séguin,
    Traoré, Blanc, Dubois, Garnier, Martin, Moreau`,
  ),
  fields: list(`Économie, Études Européennes, Génie Civil, Génie Électrique, Géographie,
    Langues Étrangères, Littérature Française, Mathématiques, Mécanique, Médecine,
    Métiers du Théâtre, Œnologie, Pédagogie, Sciences de l'Éducation, Théologie,
    Vétérinaire, Droit, Informatique, Philosophie, Physique`),
};

export const ARABIC: Words = {
  first: list(
    `محمد, فاطمة, يوسف, خديجة, عبد الله, أمينة, إدريس, زينب, كريم, مريم, عمر, سلمى,
    حمزة, نادية, رشيد, ليلى`,
  ),
  last: list(
    `العلوي, بنيس, الإدريسي, التازي, الفاسي, برادة, العمراني, القباج, الحداد, المنصوري,
    الكتاني, لحلو, السقاط, الوزاني, الشرايبي, الناصري`,
  ),
  fields: list(
    `الطب, القانون, الفيزياء, الرياضيات, علوم الحاسوب, الهندسة المدنية, الاقتصاد,
    التاريخ, الفلسفة, علم النفس, الكيمياء, الأدب العربي`,
  ),
};

export const CYRILLIC: Words = {
  first: list(`Анна, Дмитрий, Ольга, Андрей, Иван, Мария, Сергей, Наталья, Алексей, Елена,
    Павел, Татьяна, Фёдор, Ирина, Юрий, Софья`),
  last: list(`Соколова, Шевчук, Ковалёв, Димитрова, Петров, Иванова, Кузнецов, Смирнова,
    Попов, Васильева, Новиков, Морозова, Волков, Лебедева, Козлов, Егорова`),
  fields: list(
    `Медицина, Право, Физика, Математика, Информатика, Строительство, Экономика,
    История, Философия, Психология, Химия, Русская литература`,
  ),
};

export const GREEK: Words = {
  first: list(`Ελένη, Γιώργος, Νίκος, Σοφία, Ανδρέας, Μαρία, Δημήτρης, Κατερίνα, Κώστας,
    Αθηνά, Πέτρος, Ιωάννα, Χρήστος, Άννα, Παύλος, Ειρήνη`),
  last: list(`Παπαδόπουλος, Νικολάου, Ιωάννου, Βασιλείου, Οικονόμου, Γεωργίου, Δημητρίου,
    Κωνσταντίνου, Αντωνίου, Παππάς, Αθανασίου, Χριστοδούλου, Μακρής, Αλεξίου, Ζαφειρίου,
    Λάμπρου`),
  fields: list(
    `Ιατρική, Νομική, Φυσική, Μαθηματικά, Πληροφορική, Αρχιτεκτονική, Οικονομικά,
    Ιστορία, Φιλοσοφία, Ψυχολογία, Χημεία, Φιλολογία`,
  ),
};
