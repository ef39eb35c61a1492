'use strict';
// Le tableau de bord. Il montre les chiffres du bloc « donnees » et n’en calcule aucun : ni somme, ni taux, ni
// différence. Tout texte passe par textContent ou par un attribut : rien de ce qui vient des fichiers ne
// devient du balisage.
(() => {
  const D = JSON.parse(document.getElementById('donnees').textContent);
  const parId = (id) => document.getElementById(id);
  const SVG = 'http://www.w3.org/2000/svg';

  // ---------------------------------------------------------------------------------------------
  // Fabriquer des éléments

  function garnir(element, attributs, enfants) {
    for (const [nom, valeur] of Object.entries(attributs || {})) {
      if (valeur !== null && valeur !== undefined && valeur !== false) element.setAttribute(nom, valeur);
    }
    for (const enfant of enfants.flat(Infinity)) if (enfant || enfant === 0) element.append(enfant);
    return element;
  }
  const el = (nom, attributs, ...enfants) => garnir(document.createElement(nom), attributs, enfants);
  const svg = (nom, attributs, ...enfants) => garnir(document.createElementNS(SVG, nom), attributs, enfants);
  const vider = (element, ...enfants) => element.replaceChildren(...enfants.flat(Infinity).filter(Boolean));

  // ---------------------------------------------------------------------------------------------
  // Lire la table

  const LETTRES = new Map([...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'].map((l, k) => [l, k]));
  // Ce que chaque page dit à qui la lit ; vide si chacun le peut.
  const MENTION = document.querySelector('.mention')?.textContent.trim() || '';
  const NON_DISPONIBLE = D.statuts.findIndex((s) => s.mot === 'non_disponible');
  // Hors du relais, une enquête ne dit pas où personne n’a répondu et où l’on est trop peu à l’avoir fait.
  const SANS_REPONSE = MENTION ? NON_DISPONIBLE
    : D.statuts.push({ mot: 'secret', court: 's.', long: 'non diffusé : pas de réponse, ou trop peu' }) - 1;
  const TERRITOIRE = D.lieux.findIndex((l) => l.niveau === 'territoire');
  const COMMUNES = D.lieux.map((l, k) => k).filter((k) => D.lieux[k].niveau === 'commune');
  const AUTRES = D.lieux.map((l, k) => k).filter((k) => D.lieux[k].niveau !== 'commune');
  const lieuDuCode = new Map(COMMUNES.map((k) => [D.lieux[k].code, k]));
  const membres = D.fond ? D.fond.membres : [];
  const membreDuLieu = new Map(membres.map((m, k) => [lieuDuCode.get(m.code), k]));
  const indicateurDe = new Map(D.indicateurs.map((i) => [i.id, i]));
  // Ce qui se lit d’un lieu à l’autre sans dépendre de sa taille : la courbe du territoire se compare.
  const COMPARABLES = ['%', 'places pour 100 enfants', 'ans', 'note', 'rang'];

  for (const i of D.indicateurs) {
    for (const m of i.modalites) {
      m.annees = m.colonnes.map((c) => c.annee);
      // Un rang garde sa couleur, qu’il y en ait d’autres ou non, comme sur les cartes imprimées.
      m.rangs = i.unite === 'rang' && m.id === '';
      m.enquete = i.id.startsWith('enquete_');
    }
  }

  /** Le rang que porte un lieu dans une colonne : un pour tous, une lettre par lieu, ou un nombre par lieu. */
  function rangDe(rangs, lieu) {
    if (typeof rangs === 'number') return rangs;
    if (typeof rangs[1] === 'string') return rangs[0][LETTRES.get(rangs[1][lieu])];
    return rangs[lieu];
  }

  const colonneDe = (m, annee) => m.colonnes[m.annees.indexOf(annee)];

  /** Le chiffre d’un lieu ; ce que la table ne dit pas n’est pas disponible. */
  function figure(m, annee, lieu) {
    const c = m && colonneDe(m, annee);
    if (!c || lieu === undefined || lieu < 0) return { statut: NON_DISPONIBLE, valeur: null };
    const statut = rangDe(c.statuts, lieu);
    return {
      statut: m.enquete && statut === NON_DISPONIBLE ? SANS_REPONSE : statut,
      valeur: c.valeurs[lieu],
      numerateur: c.numerateurs ? c.numerateurs[lieu] : null,
      denominateur: c.denominateurs ? c.denominateurs[lieu] : null,
      parties: D.parties[rangDe(c.parties, lieu)],
      origine: D.origines[rangDe(c.origines, lieu)],
      jour: D.jours[rangDe(c.jours, lieu)],
    };
  }
  const connu = (f) => f.valeur !== null && f.valeur !== undefined;
  const estime = (f) => D.statuts[f.statut].mot === 'estime';
  const modaliteDe = (i, id) => i && i.modalites.find((m) => m.id === id);
  /** Les bornes d’une projection ; rien pour ce qui n’en a pas. */
  function bornesDe(i, m) {
    const [bas, haut] = ['bas', 'haut'].map((mot) => modaliteDe(i, `${m.id}:${mot}`));
    return bas && haut ? { bas, haut } : null;
  }
  const aDesCommunes = (m) => m.classes.length > 0;

  /** L’année demandée si le détail en parle, sinon la plus proche avant elle, sinon la première après. */
  function anneeProche(m, voulue) {
    const avant = m.annees.filter((a) => a <= voulue);
    return avant.length ? avant[avant.length - 1] : m.annees[0];
  }

  // ---------------------------------------------------------------------------------------------
  // Écrire en français

  const formats = new Map();
  function nombre(valeur, decimales) {
    if (!formats.has(decimales)) {
      formats.set(decimales, new Intl.NumberFormat('fr-FR', {
        minimumFractionDigits: decimales, maximumFractionDigits: decimales,
      }));
    }
    // Une chaîne : l’arrondi se fait sur le nombre tel que la table l’écrit, non sur sa forme binaire.
    const texte = formats.get(decimales).format(String(valeur)).replace(/\u00a0/g, '\u202f').replace('-', '−');
    return /[1-9]/.test(texte) ? texte : texte.replace('−', '');
  }
  function ecrire(i, f) {
    const { court } = D.statuts[f.statut];
    if (court) return court;
    if (!connu(f)) return 'n.d.';
    const texte = nombre(f.valeur, i.decimales) + (i.unite === '%' ? '\u202f%' : '');
    return i.signe ? avecSigne(texte, f) : texte;
  }
  const avecSigne = (texte, f) => (f.valeur > 0 && /[1-9]/.test(texte) ? `+${texte}` : texte);
  /** « 5/15 communes », à côté de la somme d’un territoire à laquelle des communes manquent. */
  function parties(f, lieu) {
    if (!connu(f) || !f.parties || D.lieux[lieu].niveau === 'commune') return '';
    const [connues, attendues] = f.parties.split(' sur ').map(Number);
    return connues < attendues ? `${connues}/${attendues}\u00a0communes` : '';
  }
  /** Zéro dans 5 communes sur 15 n’est pas le zéro du territoire : « n.d. », et « 0 dans 5/15 communes ». */
  function ditEnParties(texte, f, lieu) {
    const dites = parties(f, lieu);
    return texte === '0' && dites ? ['n.d.', `0 dans ${dites}`] : [texte, dites];
  }
  /** Les communes dont rien n’est connu une année : la somme du territoire ne les compte pas, celles que l’on tait si. */
  function lacunes(m, annee) {
    const tue = (f) => connu(f) || D.statuts[f.statut].mot === 'secret';
    return COMMUNES.filter((lieu) => !tue(figure(m, annee, lieu)));
  }
  const memesLacunes = (m, une, autre) => lacunes(m, une).join() === lacunes(m, autre).join();
  /** Ce qu’une courbe peut montrer : un zéro qui se lit « n.d. » n’est pas un point. */
  const seTrace = (f, lieu) => connu(f) && !(f.valeur === 0 && parties(f, lieu));
  function avecParties(texte, f, lieu) {
    const [dit, dites] = ditEnParties(texte, f, lieu);
    return dites ? `${dit} (${dites})` : dit;
  }
  function ecart(i, f) {
    const texte = ecrire(i, f);
    return connu(f) && !i.signe ? avecSigne(texte, f) : texte;
  }
  /** Un terme : entier s’il l’est, sinon avec deux décimales. */
  const terme = (v) => nombre(v, Number.isInteger(v) ? 0 : 2);
  const rangEnMots = (rang) => (rang === 1 ? '1ᵉʳ' : `${rang}ᵉ`);
  const unite = (i) => ({ '%': 'en pourcentage', nombre: '', rang: 'classe', note: 'note' }[i.unite] ?? i.unite);
  // Une réponse à une enquête dit sa question ; un autre détail dit son indicateur.
  const sujetDe = (i, m) => m.groupe || (m.id === '' ? '' : i.libelle);
  const detailDe = (i, m) => (m.groupe ? `«\u00a0${m.libelle}\u00a0»` : m.id === '' ? i.libelle : majuscule(m.libelle));
  function titreDe(i, m) {
    if (m.groupe) return `${m.groupe}${m.groupe.endsWith('?') ? ' ' : '\u00a0: '}${detailDe(i, m)}`;
    return m.id === '' ? i.libelle : `${i.libelle}, ${m.libelle}`;
  }
  const majuscule = (texte) => texte.charAt(0).toUpperCase() + texte.slice(1);
  const compter = (n, un, plusieurs) => `${nombre(n, 0)}\u00a0${n < 2 ? un : plusieurs}`;

  /** Un texte comme on le compare : sans accents, tirets ni casse, « st » valant « saint ». */
  function replier(texte) {
    return texte.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
      .replace(/œ/g, 'oe').replace(/æ/g, 'ae').replace(/[^a-z0-9]+/g, ' ').trim()
      .split(' ').map((mot) => ({ st: 'saint', ste: 'sainte' }[mot] || mot)).join(' ');
  }

  // ---------------------------------------------------------------------------------------------
  // L’état de la page : il est tout entier dans l’adresse

  // « voulue » : l’année choisie. Une enquête montre la sienne, et le chiffre d’après revient à celle qui est voulue.
  const etat = { i: null, m: null, annee: D.annee, voulue: D.annee, commune: null, avec: null, tri: 'valeur', sens: 'decroissant' };

  function lireAdresse() {
    const dits = new URLSearchParams(location.hash.slice(1));
    const parDefaut = indicateurDe.get('places_pour_100');
    const montrable = (i) => i && i.modalites.some(aDesCommunes);
    etat.i = indicateurDe.get(dits.get('indicateur'))
      || (montrable(parDefaut) ? parDefaut : D.indicateurs.find(montrable) || D.indicateurs[0]);
    etat.m = modaliteDe(etat.i, dits.get('detail') || '') || etat.i.modalites[0];
    etat.voulue = Number(dits.get('voulue')) || Number(dits.get('annee')) || D.annee;
    etat.annee = anneeProche(etat.m, Number(dits.get('annee')) || etat.voulue);
    etat.commune = lieuDuCode.get(dits.get('commune')) ?? null;
    etat.avec = etat.commune === null ? null : lieuDuCode.get(dits.get('avec')) ?? null;
    etat.tri = dits.get('tri') === 'nom' ? 'nom' : 'valeur';
    etat.sens = dits.get('sens') === 'croissant' ? 'croissant' : 'decroissant';
  }
  function adresse() {
    const dits = new URLSearchParams({ indicateur: etat.i.id, detail: etat.m.id, annee: etat.annee });
    if (etat.voulue !== etat.annee) dits.set('voulue', etat.voulue);
    if (etat.commune !== null) dits.set('commune', D.lieux[etat.commune].code);
    if (etat.avec !== null) dits.set('avec', D.lieux[etat.avec].code);
    dits.set('tri', etat.tri);
    dits.set('sens', etat.sens);
    return `#${dits}`;
  }
  function ecrireAdresse(nouvelleEtape) {
    const fragment = adresse();
    if (fragment === location.hash) return;
    if (nouvelleEtape) history.pushState(null, '', fragment);
    else history.replaceState(null, '', fragment);
  }
  function relire() {
    // Un lien d’accès direct (« #choix ») n’est pas un état : celui de la page reste.
    if (location.hash && !location.hash.includes('=')) {
      ecrireAdresse(false);
      return;
    }
    lireAdresse();
    toutMontrer();
  }

  // ---------------------------------------------------------------------------------------------
  // D’où vient ce chiffre ?

  /** Le bouton qu’est chaque chiffre de la page. */
  function chiffre(i, m, annee, lieu, enEcart) {
    const bouton = el('button', { type: 'button', class: 'chiffre' });
    ecrireChiffre(bouton, i, m, annee, lieu, enEcart);
    return bouton;
  }
  function ecrireChiffre(bouton, i, m, annee, lieu, enEcart) {
    const f = figure(m, annee, lieu);
    const nombreSeul = enEcart ? ecart(i, f) : ecrire(i, f);
    const texte = avecParties(nombreSeul, f, lieu);
    bouton.origine = [i, m, annee, lieu];
    const [dit, dites] = ditEnParties(nombreSeul, f, lieu);
    vider(bouton, dit, dites ? el('span', { class: 'parties' }, ` (${dites})`) : null);
    bouton.classList.toggle('estime', estime(f));
    bouton.classList.toggle('absent', !connu(f));
    const precision = connu(f) ? (estime(f) ? ', estimé' : '') : `, ${D.statuts[f.statut].long}`;
    bouton.setAttribute('aria-label', `${m && m.id !== '' ? m.libelle : i.libelle}, ${annee}\u00a0: ${texte}${precision}. D’où vient ce chiffre\u202f?`);
    bouton.title = 'D’où vient ce chiffre\u202f?';
    return f;
  }

  const ligneDe = (quoi, ...dit) => [el('dt', {}, quoi), el('dd', {}, ...dit)];

  function montrerOrigine([i, m, annee, lieu]) {
    const f = figure(m, annee, lieu);
    const boite = parId('origine');
    const sens = D.statuts[f.statut];
    const fermer = el('button', { type: 'button', class: 'fermer', 'aria-label': 'Fermer' }, '×');
    fermer.addEventListener('click', () => boite.close());
    const [haut, bas] = i.termes || ['numérateur', 'dénominateur'];
    const sources = (f.origine || '').split(';').map((s) => s.trim()).filter(Boolean).map((id) => {
      const fichier = D.fichiers[id];
      return el('li', {}, D.citations[id] || id, fichier ? el('span', { class: 'pale' }, ` (${fichier})`) : null);
    });
    // La définition est celle de l’ensemble : un détail n’en est qu’une partie, ou un autre compte.
    const faits = m.id === '' || m.enquete
      ? [ligneDe('Ce que c’est', i.definition), ligneDe('Calcul', i.formule)]
      : [ligneDe('Ce que c’est', `${majuscule(m.libelle)}, détail de «\u00a0${i.libelle}\u00a0».`),
        ligneDe('L’indicateur', i.definition), ligneDe('Son calcul', i.formule)];
    if (f.numerateur !== null && f.numerateur !== undefined) faits.push(ligneDe('Numérateur', `${terme(f.numerateur)} (${haut})`));
    if (f.denominateur !== null && f.denominateur !== undefined) faits.push(ligneDe('Dénominateur', `${terme(f.denominateur)} (${bas})`));
    faits.push(ligneDe('Statut', majuscule(sens.long)));
    if (f.parties) faits.push(ligneDe('Communes connues', f.parties));
    // Ce qui est attendu d’une année à venir part de ce qui est connu ce jour-là.
    if (f.jour) faits.push(ligneDe(annee > Number(f.jour.slice(-4)) ? 'Projeté à partir du' : 'Date', f.jour));
    faits.push(ligneDe('Source', sources.length ? el('ul', {}, sources) : i.source));
    if (i.precaution) faits.push(ligneDe('À savoir', i.precaution));
    vider(boite,
      el('div', { class: 'tete' },
        el('h2', { id: 'titre-origine' }, 'D’où vient ce chiffre\u202f?'), fermer),
      el('p', { class: 'grand' }, avecParties(ecrire(i, f), f, lieu), ' ', el('span', { class: 'unite' }, i.unite === '%' ? '' : unite(i))),
      el('p', { class: 'quoi' }, `${titreDe(i, m)}. ${D.lieux[lieu].nom}, ${annee}.`),
      el('dl', {}, faits));
    boite.showModal();
  }

  // ---------------------------------------------------------------------------------------------
  // Choisir

  function remplirIndicateurs() {
    const groupes = D.familles.map((titre, rang) => {
      const options = D.indicateurs.filter((i) => i.famille === rang).map((i) => {
        const seul = !i.modalites.some(aDesCommunes);
        return el('option', { value: i.id }, i.libelle + (seul ? ' (ensemble du territoire seul)' : ''));
      });
      return options.length ? el('optgroup', { label: titre }, options) : null;
    });
    vider(parId('choix-indicateur'), groupes);
  }

  const groupesDe = (i) => [...new Set(i.modalites.map((m) => m.groupe))];

  /** Les questions de l’indicateur, et les réponses de celle qui est choisie : une liste de plusieurs centaines ne se lit pas. */
  function remplirModalites() {
    const groupes = groupesDe(etat.i);
    const ici = etat.i.modalites.filter((m) => m.groupe === etat.m.groupe);
    vider(parId('choix-groupe'), groupes.map((titre, rang) => el('option', { value: rang }, titre || 'Ensemble')));
    vider(parId('choix-modalite'), ici.map((m) => el('option', { value: m.id }, m.libelle)));
    parId('choix-groupe').value = groupes.indexOf(etat.m.groupe);
    parId('reglage-groupe').hidden = groupes.length < 2;
    parId('reglage-modalite').hidden = ici.length < 2;
  }

  function montrerChoix() {
    parId('choix-indicateur').value = etat.i.id;
    if (remplirModalites.pour !== etat.i || remplirModalites.groupe !== etat.m.groupe) {
      remplirModalites();
      remplirModalites.pour = etat.i;
      remplirModalites.groupe = etat.m.groupe;
    }
    parId('choix-modalite').value = etat.m.id;
    const { annees } = etat.m;
    const rang = annees.indexOf(etat.annee);
    const glissiere = parId('choix-annee');
    glissiere.max = annees.length - 1;
    glissiere.value = rang;
    glissiere.disabled = annees.length < 2;
    glissiere.setAttribute('aria-valuetext', String(etat.annee));
    parId('annee-dite').textContent = etat.annee;
    // Un bouton « disabled » perdrait le focus du clavier.
    parId('annee-avant').setAttribute('aria-disabled', rang <= 0);
    parId('annee-apres').setAttribute('aria-disabled', rang >= annees.length - 1);
  }

  function choisirIndicateur(id, modalite) {
    etat.i = indicateurDe.get(id);
    etat.m = modaliteDe(etat.i, modalite ?? etat.m.id) || etat.i.modalites[0];
    etat.annee = anneeProche(etat.m, etat.voulue);
    ecrireAdresse(true);
    toutMontrer();
    annoncer();
  }
  /** Ce qui vient de changer, pour qui ne voit pas la carte. */
  function annoncer() {
    const { i, m, annee } = etat;
    const f = figure(m, annee, TERRITOIRE);
    parId('annonce').textContent = `${titreDe(i, m)}, ${annee}. Territoire\u00a0: ${avecParties(ecrire(i, f), f, TERRITOIRE)}.`;
  }
  function choisirAnnee(rang, nouvelleEtape) {
    const annee = etat.m.annees[rang];
    if (annee === undefined || annee === etat.annee) return;
    etat.annee = annee;
    etat.voulue = annee;
    ecrireAdresse(nouvelleEtape);
    toutMontrer();
    annoncer();
  }

  // ---------------------------------------------------------------------------------------------
  // Le territoire en bref

  const CLES = ['am_agrees', 'places_total', 'eaje_places', 'enfants_0_2', 'naissances', 'places_pour_100'];
  const RECULS = [['n-1', 'en 1\u00a0an'], ['n-5', 'en 5\u00a0ans']];

  /** Un chiffre clé et son évolution à périmètre constant, telle que la table la donne. */
  function cle(id, lieu) {
    const i = indicateurDe.get(id);
    const m = modaliteDe(i, '');
    if (!m || !connu(figure(m, D.annee, lieu))) return null;
    const evolutions = RECULS.map(([recul, mots]) => {
      const famille = ['evolution', 'evolution_enfants'].map((e) => indicateurDe.get(e))
        .find((e) => modaliteDe(e, `${id}:${recul}`));
      const detail = modaliteDe(famille, `${id}:${recul}`);
      if (!detail || !connu(figure(detail, D.annee, lieu))) return null;
      return el('span', { class: 'evolution' }, chiffre(famille, detail, D.annee, lieu, true), ` ${mots}`);
    }).filter(Boolean);
    return el('li', {},
      el('span', { class: 'libelle' }, `${i.libelle}, ${D.annee}`),
      el('span', { class: 'valeur' }, chiffre(i, m, D.annee, lieu)),
      evolutions.length ? el('span', { class: 'evolutions' }, evolutions) : null);
  }
  function montrerResume() {
    const elements = CLES.map((id) => cle(id, TERRITOIRE)).filter(Boolean);
    vider(parId('cles'), elements);
    parId('resume').hidden = elements.length === 0;
    parId('perimetre').hidden = !parId('cles').querySelector('.evolution');
  }

  // ---------------------------------------------------------------------------------------------
  // La carte

  const ETENDUE = [[], [2], [1, 3], [0, 2, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4]];

  /** Les couleurs des classes d’un détail : c0 à c4 du moins au plus ; d0 à d4 de part et d’autre de zéro. */
  function couleursDe(m) {
    if (!m.couleurs) {
      const { classes } = m;
      const rang = (bas) => ETENDUE[4][Math.min(3, Math.max(0, Math.round(bas) - 1))];
      const deDeuxSignes = classes.length > 0 && classes[0][0] < 0 && classes[classes.length - 1][1] > 0;
      if (m.rangs) {
        m.couleurs = classes.map(([bas]) => `c${rang(bas)}`);
      } else if (deDeuxSignes) {
        const baisses = classes.filter((c) => c[1] < 0).length;
        m.couleurs = classes.map(([bas, haut], k) => {
          if (haut < 0) return `d${baisses === 1 ? 1 : k}`;
          if (bas > 0) return `d${k === classes.length - 1 && classes[k - 1][0] > 0 ? 4 : 3}`;
          return 'd2';
        });
      } else {
        m.couleurs = classes.map((c, k) => `c${ETENDUE[classes.length][k]}`);
      }
    }
    return m.couleurs;
  }
  function classeDe(m, valeur) {
    const rang = m.classes.findIndex(([, haut]) => valeur <= haut);
    return rang < 0 ? m.classes.length - 1 : rang;
  }
  const TRAMES = { non_disponible: 'nd', secret: 'secret', secret_source: 'secret', sans_objet: 'sans-objet' };
  const couleurDe = (m, f) => (connu(f) ? couleursDe(m)[classeDe(m, f.valeur)] : TRAMES[D.statuts[f.statut].mot] || 'nd');

  let traces = [];
  let etiquettes = [];
  let surCommune = null;

  function motif(id, ...dessin) {
    return svg('pattern', { id, width: 34, height: 34, patternUnits: 'userSpaceOnUse' },
      svg('rect', { class: 'papier', width: 34, height: 34 }), dessin);
  }
  function definitions() {
    return svg('defs', {},
      motif('hachures', svg('path', { class: 'trait', d: 'M-8 8l16-16M0 34L34 0M26 42l16-16' })),
      motif('points', svg('circle', { class: 'point', cx: 8, cy: 8, r: 4.5 }), svg('circle', { class: 'point', cx: 25, cy: 25, r: 4.5 })));
  }

  function dessinerPlan() {
    if (!D.fond) return;
    const { largeur, hauteur, par_km: parKm } = D.fond;
    const plan = parId('plan');
    plan.setAttribute('viewBox', `0 0 ${largeur} ${hauteur}`);
    const alentour = svg('g', { class: 'alentour', 'aria-hidden': 'true' }, D.fond.voisines.map((d) => svg('path', { d })));
    const dessous = svg('g', { class: 'dessous', 'aria-hidden': 'true' }, membres.map((m) => svg('path', { d: m.trace })));
    traces = membres.map((m, rang) => {
      const trace = svg('path', { d: m.trace, role: 'button', tabindex: rang ? -1 : 0 });
      trace.rang = rang;
      return trace;
    });
    etiquettes = membres.map((m) => (m.etiquette ? dessinerEtiquette(m.etiquette) : null));
    const km = [50, 20, 10, 5, 2, 1].find((k) => k * parKm <= largeur / 6) || 1;
    const echelle = svg('g', { class: 'echelle', 'aria-hidden': 'true' },
      svg('path', { d: `M40 ${hauteur - 70}v20h${km * parKm}v-20` }),
      svg('text', { x: 40 + (km * parKm) / 2, y: hauteur - 80 }, `${km}\u00a0km`));
    plan.replaceChildren(definitions(), alentour, dessous, svg('g', { class: 'communes' }, traces),
      svg('g', { class: 'noms', 'aria-hidden': 'true' }, etiquettes.filter(Boolean)), echelle,
      svg('path', { id: 'contour-avec', class: 'contour' }), svg('path', { id: 'contour-choisi', class: 'contour' }),
      svg('path', { id: 'contour-survol', class: 'contour' }));
  }
  function dessinerEtiquette({ corps, lignes, filet }) {
    const groupe = svg('g', { 'font-size': corps });
    groupe.dehors = Boolean(filet);
    if (filet) groupe.append(svg('path', { class: 'filet', d: `M${filet[0]} ${filet[1]}L${filet[2]} ${filet[3]}` }));
    groupe.textes = lignes.map(([x, y, texte]) => svg('text', { x, y }, texte));
    groupe.textes[groupe.textes.length - 1].classList.add('valeur');
    groupe.append(...groupe.textes);
    return groupe;
  }

  /** Colore la carte : rien d’autre que des classes et des textes ne change. */
  function peindre() {
    const { i, m, annee } = etat;
    membres.forEach((membre, rang) => {
      const f = figure(m, annee, lieuDuCode.get(membre.code));
      const couleur = couleurDe(m, f);
      const texte = ecrire(i, f);
      const trace = traces[rang];
      trace.setAttribute('class', couleur);
      const sens = connu(f) ? (estime(f) ? ', estimé' : '') : `, ${D.statuts[f.statut].long}`;
      trace.setAttribute('aria-label', `${nomDuMembre(rang)} : ${texte}${sens}`);
      trace.setAttribute('aria-pressed', lieuDuCode.get(membre.code) === etat.commune);
      const etiquette = etiquettes[rang];
      if (etiquette) {
        const sur = etiquette.dehors || !connu(f) ? 'sur-papier' : `sur-${couleur}`;
        etiquette.setAttribute('class', estime(f) ? `${sur} estime` : sur);
        etiquette.textes[etiquette.textes.length - 1].textContent = texte;
      }
    });
    for (const [id, lieu] of [['contour-choisi', etat.commune], ['contour-avec', etat.avec]]) {
      const contour = parId(id);
      const rang = membreDuLieu.get(lieu);
      if (contour) contour.setAttribute('d', rang === undefined ? '' : membres[rang].trace);
    }
  }
  const nomDuMembre = (rang) => D.lieux[lieuDuCode.get(membres[rang].code)]?.nom || membres[rang].code;

  /** Ce que dit la légende : une ligne par classe, puis par trame présente. */
  function lignesDeLegende() {
    const { i, m, annee } = etat;
    const comptes = new Map();
    for (const lieu of COMMUNES) {
      const f = figure(m, annee, lieu);
      const couleur = connu(f) ? classeDe(m, f.valeur) : couleurDe(m, f);
      comptes.set(couleur, (comptes.get(couleur) || 0) + 1);
    }
    const ecrireBorne = (v) => nombre(v, i.decimales);
    const classes = m.classes.map(([bas, haut], k) => {
      const [de, a] = [ecrireBorne(bas), ecrireBorne(haut)];
      const mot = m.rangs && de === a && i.mots ? `\u00a0: ${i.mots[bas - 1]}` : '';
      return { couleur: couleursDe(m)[k], texte: de === a ? `${de}${mot}` : `${de} à ${a}`, nombre: comptes.get(k) || 0 };
    }).reverse();
    const trames = [['nd', 'n.d.\u00a0: non disponible'], ['secret', 's.\u00a0: non diffusé'], ['sans-objet', '–\u00a0: sans objet']]
      .filter(([t]) => comptes.has(t)).map(([t, texte]) => ({ couleur: t, texte, nombre: comptes.get(t) }));
    return [...classes, ...trames];
  }
  function montrerLegende() {
    const legende = parId('legende');
    if (!legende) return;
    const { i, m } = etat;
    const lignes = lignesDeLegende().map(({ couleur, texte, nombre: n }) => el('li', {},
      svg('svg', { class: 'pastille', viewBox: '0 0 70 46', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, svg('rect', { class: couleur, width: 70, height: 46 })),
      el('span', {}, texte), el('span', { class: 'pale' }, compter(n, 'commune', 'communes'))));
    vider(legende,
      el('p', { class: 'titre-legende' }, i.unite === '%' ? 'En\u00a0%' : majuscule(unite(i) || 'nombre')),
      el('ul', {}, lignes),
      el('p', { class: 'aide' }, m.methode || 'Aucune commune n’a de chiffre.'));
  }

  function montrerTitres() {
    const { i, m, annee } = etat;
    const sujet = sujetDe(i, m);
    vider(parId('titre-carte'), sujet ? el('span', { class: 'sujet' }, sujet, ' ') : null, `${detailDe(i, m)}, ${annee}`);
    const retenu = m.annees.some((a) => D.lieux.some((l, lieu) => l.niveau === 'commune' && D.statuts[figure(m, a, lieu).statut].mot === 'secret'));
    const sansCommune = retenu ? 'Ce chiffre n’est pas diffusé commune par commune.' : 'Ce chiffre n’existe que pour l’ensemble du territoire.';
    const dite = m.id === '' || m.enquete ? i.definition : `Un détail de cet indicateur\u00a0: ${i.definition}`;
    parId('sous-titre-carte').textContent = aDesCommunes(m) ? dite : `${dite} ${sansCommune}`;
    // Sans aucune commune, une carte de hachures ne dirait rien : la courbe prend sa place.
    document.querySelector('.scene').classList.toggle('territoire-seul', !aDesCommunes(m));
    parId('titre-classement').textContent = aDesCommunes(m) ? 'Classement des communes' : 'Les chiffres';
    parId('classement').tBodies[0].hidden = !aDesCommunes(m);
    parId('sources-carte').textContent = D.mentions[colonneDe(m, annee)?.mention] || '';
  }

  /** Le coin de la carte : la commune touchée, sinon la commune ouverte, sinon le territoire. */
  function montrerCartouche() {
    const { i, m, annee } = etat;
    const lieu = surCommune ?? etat.commune ?? TERRITOIRE;
    const f = figure(m, annee, lieu);
    const rang = rangs().get(lieu);
    const egaux = [...rangs().values()].filter((autre) => autre === rang).length;
    // Où toutes se valent, aucune n’est première ; de celles dont rien n’est connu, on ne le dit pas.
    const toutes = rangs().size === COMMUNES.length ? 'comme toutes les communes' : 'comme les autres communes connues';
    const classe = egaux > 1 && egaux === rangs().size ? toutes : `${rangEnMots(rang)}${egaux > 1 ? ' ex æquo' : ''} sur ${rangs().size}`;
    const place = rang ? classe : connu(f) ? (estime(f) ? 'estimé' : '') : D.statuts[f.statut].long;
    const f0 = figure(m, annee, TERRITOIRE);
    const [dit, dites] = ditEnParties(ecrire(i, f), f, lieu);
    const bornes = bandeDe(i, m, lieu).find((p) => p.annee === annee && p.bas.valeur < p.haut.valeur);
    const entre = bornes && `entre ${ecrire(i, bornes.bas)} et ${ecrire(i, bornes.haut)}`;
    const duTerritoire = [dites, place, entre].filter(Boolean).join(' · ') || 'ensemble du territoire';
    vider(parId('cartouche'),
      el('span', { class: 'lieu' }, D.lieux[lieu].nom),
      el('span', { class: estime(f) ? 'valeur estime' : 'valeur' }, dit, m.rangs && connu(f) && i.mots[f.valeur - 1] ? ` ${i.mots[f.valeur - 1]}` : ''),
      el('span', { class: 'pale' }, lieu === TERRITOIRE ? duTerritoire : [place, `territoire\u00a0: ${avecParties(ecrire(i, f0), f0, TERRITOIRE)}`].filter(Boolean).join(' · ')));
  }

  function survoler(rang) {
    const lieu = rang === null ? null : lieuDuCode.get(membres[rang].code) ?? null;
    if (lieu === surCommune) return;
    surlignerLigne(surCommune, false);
    surCommune = lieu;
    surlignerLigne(surCommune, true);
    const contour = parId('contour-survol');
    if (contour) contour.setAttribute('d', rang === null ? '' : membres[rang].trace);
    montrerCartouche();
  }

  /** La voisine dans une direction : la plus proche de l’axe, parmi celles qui touchent, sinon parmi toutes. */
  function voisineVers(rang, [dx, dy]) {
    const depart = membres[rang];
    const ecartement = (k) => {
      const [x, y] = [membres[k].centre[0] - depart.centre[0], membres[k].centre[1] - depart.centre[1]];
      const long = x * dx + y * dy;
      return long > 0 ? long + 2 * Math.abs(x * dy - y * dx) : Infinity;
    };
    for (const candidates of [depart.voisines, membres.map((m, k) => k)]) {
      const meilleure = candidates.filter((k) => k !== rang && ecartement(k) < Infinity)
        .sort((a, b) => ecartement(a) - ecartement(b))[0];
      if (meilleure !== undefined) return meilleure;
    }
    return rang;
  }
  const FLECHES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function viser(rang) {
    traces.forEach((t, k) => t.setAttribute('tabindex', k === rang ? 0 : -1));
    traces[rang].focus({ preventScroll: true });
  }
  function clavierDeCarte(evenement) {
    const { rang } = evenement.target;
    if (rang === undefined) return;
    const { key } = evenement;
    if (key === 'Enter' || key === ' ') {
      evenement.preventDefault();
      ouvrir(lieuDuCode.get(membres[rang].code), true);
    } else if (FLECHES[key]) {
      evenement.preventDefault();
      const suivante = voisineVers(rang, FLECHES[key]);
      viser(suivante);
      // Une commune est ouverte : sa voisine est à une touche.
      if (etat.commune !== null) ouvrir(lieuDuCode.get(membres[suivante].code), false);
    } else if (key === 'Home' || key === 'End') {
      evenement.preventDefault();
      viser(key === 'Home' ? 0 : membres.length - 1);
    } else if (key === 'Escape') {
      fermerCommune();
    }
  }

  // ---------------------------------------------------------------------------------------------
  // Le classement

  const lignes = new Map();
  let rangsDe = null;

  /** Rang de chaque commune connue, de la plus grande valeur à la plus petite ; les égales ont le même. */
  function rangs() {
    if (!rangsDe) {
      const connues = COMMUNES.map((lieu) => [lieu, figure(etat.m, etat.annee, lieu)]).filter(([, f]) => connu(f));
      connues.sort((a, b) => b[1].valeur - a[1].valeur);
      rangsDe = new Map();
      connues.forEach(([lieu, f], k) => {
        const egale = k > 0 && connues[k - 1][1].valeur === f.valeur;
        rangsDe.set(lieu, egale ? rangsDe.get(connues[k - 1][0]) : k + 1);
      });
    }
    return rangsDe;
  }

  function creerLigne(lieu) {
    const commune = D.lieux[lieu].niveau === 'commune';
    const nom = commune
      ? el('button', { type: 'button', class: 'nom-commune' }, D.lieux[lieu].nom)
      : el('span', {}, D.lieux[lieu].nom);
    if (commune) nom.addEventListener('click', () => ouvrir(lieu, true));
    const ligne = {
      rang: el('td', { class: 'n rang' }),
      nom: el('th', { scope: 'row' }, nom),
      pastille: svg('svg', { class: 'pastille', viewBox: '0 0 70 46', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, svg('rect', { width: 70, height: 46 })),
      barre: el('span', { class: 'barre', 'aria-hidden': 'true' }),
      bouton: el('button', { type: 'button', class: 'chiffre' }),
      termes: el('td', { class: 'n termes' }),
    };
    ligne.tr = el('tr', {}, ligne.rang, ligne.nom, el('td', { class: 'dessin' }, el('div', {}, ligne.pastille, ligne.barre)),
      el('td', { class: 'n' }, ligne.bouton), ligne.termes);
    if (commune) {
      const membre = membreDuLieu.get(lieu);
      ligne.tr.addEventListener('pointerenter', () => { if (membre !== undefined) survoler(membre); });
      ligne.tr.addEventListener('pointerleave', () => survoler(null));
    }
    return ligne;
  }
  /** La ligne d’un lieu, faite la première fois qu’on la montre. */
  function ligneDuLieu(lieu) {
    if (!lignes.has(lieu)) lignes.set(lieu, creerLigne(lieu));
    return lignes.get(lieu);
  }
  function surlignerLigne(lieu, oui) {
    if (lieu !== null && lignes.has(lieu)) lignes.get(lieu).tr.classList.toggle('survol', oui);
  }

  function creerClassement() {
    const entete = (tri, texte, classe) => {
      const bouton = el('button', { type: 'button', class: 'tri' }, texte);
      bouton.addEventListener('click', () => trier(tri));
      return el('th', { scope: 'col', class: classe, 'data-tri': tri }, bouton);
    };
    const table = parId('classement');
    vider(table.tHead.rows[0],
      el('th', { scope: 'col', class: 'n' }, 'Rang'), entete('nom', 'Commune', ''),
      el('td', { class: 'dessin' }), entete('valeur', 'Valeur', 'n'), el('th', { scope: 'col', class: 'n termes' }, 'Calcul'));
    table.tFoot.append(...AUTRES.map((lieu) => ligneDuLieu(lieu).tr));
  }
  function trier(tri) {
    const memeColonne = etat.tri === tri;
    const premier = tri === 'nom' ? 'croissant' : 'decroissant';
    etat.sens = memeColonne ? (etat.sens === 'croissant' ? 'decroissant' : 'croissant') : premier;
    etat.tri = tri;
    ecrireAdresse(false);
    montrerClassement();
    parId('annonce').textContent = `Classement par ${tri === 'nom' ? 'nom' : 'valeur'}, ordre ${etat.sens === 'croissant' ? 'croissant' : 'décroissant'}.`;
  }
  /** Les communes dans l’ordre du classement ; celles dont rien n’est connu sont toujours à la fin. */
  function communesTriees() {
    const signe = etat.sens === 'croissant' ? 1 : -1;
    if (etat.tri === 'nom') return signe > 0 ? COMMUNES : [...COMMUNES].reverse();
    const valeurs = new Map(COMMUNES.map((lieu) => [lieu, figure(etat.m, etat.annee, lieu)]));
    const connues = COMMUNES.filter((lieu) => connu(valeurs.get(lieu)));
    const autres = COMMUNES.filter((lieu) => !connu(valeurs.get(lieu)));
    return [...connues.sort((a, b) => signe * (valeurs.get(a).valeur - valeurs.get(b).valeur)), ...autres];
  }

  function marquerLaLigne() {
    for (const [lieu, { tr }] of lignes) {
      if (lieu === etat.commune) tr.setAttribute('aria-current', 'true');
      else tr.removeAttribute('aria-current');
    }
  }

  // Un département a des centaines de communes : les premières d’abord, les autres à la demande.
  const COMMUNES_D_UN_COUP = 100;
  let toutesLesLignes = COMMUNES.length <= COMMUNES_D_UN_COUP;

  /** Les communes dont la ligne est montrée, dans l’ordre ; celle qui est ouverte en est toujours. */
  function communesMontrees() {
    const triees = communesTriees();
    return toutesLesLignes ? triees : triees.filter((lieu, k) => k < COMMUNES_D_UN_COUP || lieu === etat.commune);
  }

  function montrerClassement() {
    const { i, m, annee } = etat;
    const montrees = communesMontrees();
    const table = parId('classement');
    const bornes = m.classes.flat();
    const plusGrand = Math.max(0, ...bornes.map(Math.abs));
    for (const lieu of [...montrees, ...AUTRES]) {
      const ligne = ligneDuLieu(lieu);
      const f = ecrireChiffre(ligne.bouton, i, m, annee, lieu);
      const enTermes = f.numerateur !== null && f.numerateur !== undefined && f.denominateur !== null && f.denominateur !== undefined;
      ligne.rang.textContent = rangs().get(lieu) || '';
      ligne.termes.textContent = enTermes ? `${terme(f.numerateur)} / ${terme(f.denominateur)}` : '';
      const commune = D.lieux[lieu].niveau === 'commune';
      ligne.pastille.firstChild.setAttribute('class', commune || !connu(f) ? couleurDe(m, f) : 'vide');
      ligne.barre.style.setProperty('--part', commune && connu(f) && plusGrand ? Math.abs(f.valeur) / plusGrand : 0);
      ligne.barre.classList.toggle('negative', connu(f) && f.valeur < 0);
    }
    marquerLaLigne();
    table.classList.toggle('sans-termes', !colonneDe(m, annee)?.numerateurs);
    table.tBodies[0].replaceChildren(...montrees.map((lieu) => lignes.get(lieu).tr));
    parId('toutes-les-lignes').hidden = toutesLesLignes;
    for (const th of table.tHead.querySelectorAll('[data-tri]')) {
      const actif = th.dataset.tri === etat.tri;
      if (actif) th.setAttribute('aria-sort', etat.sens === 'croissant' ? 'ascending' : 'descending');
      else th.removeAttribute('aria-sort');
    }
    const dite = unite(i);
    parId('legende-classement').textContent = `${titreDe(i, m)}, ${annee}${dite ? ` (${dite})` : ''}`;
  }

  // ---------------------------------------------------------------------------------------------
  // Les courbes

  /** Des graduations rondes qui couvrent l’étendue. */
  function graduer(bas, haut) {
    const etendue = haut - bas || 1;
    const puissance = 10 ** Math.floor(Math.log10(etendue / 2));
    const pas = [1, 2, 2.5, 5, 10].map((k) => k * puissance).find((p) => etendue / p <= 3) || 10 * puissance;
    const graduations = [];
    for (let v = Math.floor(bas / pas) * pas; v < haut + pas * 0.999; v += pas) graduations.push(Math.round(v * 1e6) / 1e6);
    return graduations;
  }

  /** Une courbe par lieu : point creux et tirets pour l’estimé, coupure où rien n’est connu et où l’on compte autrement. */
  function courbe(i, m, lieux, titre) {
    const series = lieux.map((lieu, rang) => ({
      lieu, rang: lieu === TERRITOIRE && rang > 0 ? 2 : Math.min(rang, 2),
      points: m.annees.map((annee) => ({ annee, f: figure(m, annee, lieu) })),
    }));
    const connus = series.flatMap((s) => s.points.filter((p) => seTrace(p.f, s.lieu)));
    if (connus.length === 0) return null;
    const premiere = Math.min(...connus.map((p) => p.annee));
    // Ce qui n’est plus connu, ou plus montré, les dernières années se voit aussi.
    const annees = m.annees.filter((a) => a >= premiere);
    const derniere = annees[annees.length - 1];
    const bande = bandeDe(i, m, lieux[0]);
    const valeurs = [...connus.map((p) => p.f.valeur), ...bande.flatMap((p) => [p.bas.valeur, p.haut.valeur])];
    const graduations = graduer(Math.min(0, ...valeurs), Math.max(0, ...valeurs));
    const [bas, haut] = [graduations[0], graduations[graduations.length - 1]];
    const dites = graduations.map((g) => nombre(g, Number.isInteger(g) ? 0 : 1));
    const plusLong = (textes) => Math.max(0, ...textes.map((t) => t.length));
    // De la place pour le plus long des nombres, à gauche et à droite.
    const G = Math.max(40, 12 + 7.2 * plusLong(dites));
    const D2 = Math.max(46, 14 + 8 * plusLong(series.map((s) => direBout(i, s)?.texte || '')));
    const [L, H, B] = [360, 170, 24];
    const x = (annee) => (derniere === premiere ? (G + L - D2 - 6) / 2 : G + 6 + ((annee - premiere) * (L - D2 - 6 - G - 6)) / (derniere - premiere));
    const y = (v) => 12 + ((haut - v) * (H - B - 12)) / (haut - bas || 1);
    const dessin = svg('svg', { viewBox: `0 0 ${L} ${H}`, class: 'courbe', role: 'img' });
    graduations.forEach((g, k) => {
      dessin.append(svg('path', { class: g === 0 ? 'axe' : 'grille', d: `M${G} ${y(g)}H${L - D2}` }),
        svg('text', { class: 'graduation', x: G - 6, y: y(g) + 4, 'text-anchor': 'end' }, dites[k]));
    });
    for (const p of series[0].points.filter((q) => q.annee >= premiere && !seTrace(q.f, series[0].lieu))) {
      dessin.append(svg('text', { class: 'graduation', x: x(p.annee), y: y(0) - 5, 'text-anchor': 'middle' }, D.statuts[p.f.statut].court || 'n.d.'));
    }
    const ecrites = annees.length <= 7 ? annees : annees.filter((a) => a === premiere || a === derniere || (a % 5 === 0 && a - premiere > 1 && derniere - a > 1));
    for (const a of ecrites) dessin.append(svg('text', { class: 'graduation', x: x(a), y: H - 6, 'text-anchor': 'middle' }, a));
    if (bande.length > 1) {
      const bord = (mot) => bande.map((p) => `${x(p.annee)} ${y(p[mot].valeur)}`);
      dessin.append(svg('path', { class: 'bande', d: `M${[...bord('haut'), ...bord('bas').reverse()].join('L')}Z` }));
    }
    const bouts = [];
    for (const serie of series) dessin.append(...tracerSerie(serie, x, y, [i, m], bouts));
    ecarterBouts(bouts);
    dessin.append(...bouts.map((b) => svg('text', { class: `bout s${b.rang}`, x: b.x + 7, y: b.y + 4 }, b.texte)));
    const dit = series.map((s) => `${D.lieux[s.lieu].nom} : ${s.points.map((p) => `${p.annee}, ${avecParties(ecrire(i, p.f), p.f, s.lieu)}`).join(' ; ')}`).join('. ');
    const entre = bande.map((p) => `${p.annee}, de ${ecrire(i, p.bas)} à ${ecrire(i, p.haut)}`).join(' ; ');
    dessin.setAttribute('aria-label', `${titre}. ${dit}.${entre ? ` Bornes : ${entre}.` : ''}`);
    const cles = series.length < 2 ? null : el('p', { class: 'series' }, series.map((s) => el('span', {},
      svg('svg', { viewBox: '0 0 30 10', class: 'courbe trait-de-cle', 'aria-hidden': 'true' }, svg('path', { class: `ligne s${s.rang}`, d: 'M0 5H30' })),
      D.lieux[s.lieu].nom)));
    const partielles = series.flatMap((s) => s.points.map((p) => [p.annee, parties(p.f, s.lieu)])).filter(([, dites]) => dites);
    const duTerritoire = series.filter((s) => s.lieu === TERRITOIRE).flatMap((s) => s.points).filter((p) => seTrace(p.f, TERRITOIRE));
    const sommes = direPartielles(m, partielles, duTerritoire.map((p) => p.annee));
    return el('figure', { class: 'graphique' }, el('figcaption', {}, titre), cles, dessin,
      bande.length > 1 ? el('p', { class: 'aide' }, 'Bande claire\u00a0: les bornes de la projection, si les années à venir ressemblent à celles qui sont observées.') : null,
      m.rupture ? el('p', { class: 'aide' }, m.rupture) : null,
      sommes ? el('p', { class: 'aide' }, sommes) : null, valeursEnTable(i, m, lieux, titre));
  }
  /** De quelles communes sont les chiffres du territoire, s’il en manque : sont-ce les mêmes, et chaque année ? */
  function direPartielles(m, partielles, annees) {
    if (!partielles.length) return '';
    const combien = partielles[0][1];
    const quand = partielles.map(([annee]) => annee);
    const manquantes = lacunes(m, quand[0]);
    const autant = partielles.every(([, dites]) => dites === combien);
    // De celles que l’on tait, on ne sait pas lesquelles manquent.
    const nommables = Number(combien.split('/')[0]) + manquantes.length === COMMUNES.length && manquantes.length <= 3;
    const memes = autant && nommables && quand.every((a) => memesLacunes(m, a, quand[0]));
    const noms = manquantes.map((lieu) => D.lieux[lieu].nom).join(', ');
    const toutes = quand.length === annees.length;
    if (memes && toutes) return `Les chiffres du territoire sont sans ${noms} (${combien}).`;
    if (memes) return `Le territoire est sans ${noms} en ${quand.join(', ')} (${combien})\u00a0: ces années ne se comparent pas aux autres.`;
    if (autant && toutes) return `Les chiffres du territoire sont de ${combien} chaque année, qui ne sont pas forcément les mêmes.`;
    const dits = partielles.map(([annee, dites]) => `${annee}, ${dites}`).join('\u202f; ');
    return `Les chiffres du territoire ne sont pas tous de toutes les communes, et ne se comparent pas d’une année à l’autre\u00a0: ${dits}.`;
  }
  /** Année par année, entre quoi et quoi une projection peut se trouver. */
  function bandeDe(i, m, lieu) {
    const bornes = bornesDe(i, m);
    if (!bornes) return [];
    return m.annees.map((annee) => ({ annee, bas: figure(bornes.bas, annee, lieu), haut: figure(bornes.haut, annee, lieu) }))
      .filter((p) => connu(p.bas) && connu(p.haut));
  }
  function tracerSerie({ rang, points, lieu }, x, y, [i, m], bouts) {
    const ruptures = m.ruptures || [];
    const elements = [];
    let precedent = null;
    for (const p of points) {
      if (!seTrace(p.f, lieu)) { precedent = null; continue; }
      if (ruptures.includes(p.annee)) precedent = null;
      if (precedent) {
        // Deux sommes qui ne sont pas des mêmes communes ne se comparent pas.
        const autres = parties(p.f, lieu) !== parties(precedent.f, lieu)
          || (parties(p.f, lieu) && !memesLacunes(m, p.annee, precedent.annee));
        const tirets = autres || estime(p.f) || estime(precedent.f) ? ' incertaine' : '';
        elements.push(svg('path', { class: `ligne s${rang}${tirets}`, d: `M${x(precedent.annee)} ${y(precedent.f.valeur)}L${x(p.annee)} ${y(p.f.valeur)}` }));
      }
      precedent = p;
    }
    const marques = points.filter((p) => seTrace(p.f, lieu));
    for (const p of marques) {
      elements.push(svg('circle', { class: `marque s${rang}${estime(p.f) ? ' creuse' : ''}`, cx: x(p.annee), cy: y(p.f.valeur), r: 3 },
        svg('title', {}, `${D.lieux[lieu].nom}, ${p.annee} : ${avecParties(ecrire(i, p.f), p.f, lieu)}${estime(p.f) ? ' (estimé)' : ''}`)));
    }
    const dernier = marques[marques.length - 1];
    if (dernier) bouts.push({ rang, x: x(dernier.annee), y: y(dernier.f.valeur), texte: direBout(i, { points, lieu }).texte });
    return elements;
  }
  /** La dernière valeur connue d’une courbe ; son année, si d’autres la suivent. */
  function direBout(i, { points, lieu }) {
    const marques = points.filter((p) => seTrace(p.f, lieu));
    const dernier = marques[marques.length - 1];
    if (!dernier) return null;
    const date = dernier.annee === points[points.length - 1].annee ? '' : ` (${dernier.annee})`;
    return { texte: `${ecrire(i, dernier.f)}${date}` };
  }
  /** Deux valeurs écrites au même endroit s’écartent. */
  function ecarterBouts(bouts) {
    bouts.sort((a, b) => a.y - b.y);
    for (let k = 1; k < bouts.length; k += 1) {
      if (Math.abs(bouts[k].x - bouts[k - 1].x) < 30 && bouts[k].y - bouts[k - 1].y < 13) bouts[k].y = bouts[k - 1].y + 13;
    }
  }
  function valeursEnTable(i, m, lieux, titre) {
    const details = el('details', {}, el('summary', {}, 'Les valeurs', el('span', { class: 'hors-vue' }, ` : ${titre}`)));
    // Remplie quand on l’ouvre : une page de commune a plusieurs centaines de valeurs.
    details.addEventListener('toggle', () => {
      if (!details.open || details.children.length > 1) return;
      details.append(el('div', { class: 'defile', tabindex: 0, role: 'group', 'aria-label': titre }, el('table', {},
        el('caption', { class: 'hors-vue' }, titre),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Année'), lieux.map((l) => el('th', { scope: 'col', class: 'n' }, D.lieux[l].nom)))),
        el('tbody', {}, [...m.annees].reverse().map((a) => el('tr', {}, el('th', { scope: 'row' }, a),
          lieux.map((l) => el('td', { class: 'n' }, chiffre(i, m, a, l)))))))));
    });
    return details;
  }
  function montrerEnsemble() {
    const { i, m } = etat;
    const lieux = AUTRES.filter((lieu) => m.annees.some((a) => connu(figure(m, a, lieu))));
    const figureDuTerritoire = courbe(i, m, lieux, titreDe(i, m));
    vider(parId('courbe-ensemble'), figureDuTerritoire);
    parId('ensemble').hidden = !figureDuTerritoire;
  }

  // ---------------------------------------------------------------------------------------------
  // Une commune

  const COURBES = ['am_agrees', 'places_total', 'places_pour_100', 'enfants_0_2', 'naissances', 'solde_places'];
  // Ce que d’autres parties de la fiche montrent mieux qu’une liste.
  const A_PART = ['pyramide_ages', 'evolution', 'evolution_pct', 'evolution_enfants', 'evolution_enfants_pct', 'projection_am', 'projection_places', 'projection_solde'];

  function ouvrir(lieu, prendreLeFocus) {
    if (lieu === undefined || lieu === null) return;
    etat.commune = lieu;
    if (etat.avec === lieu) etat.avec = null;
    ecrireAdresse(true);
    montrerCommune();
    peindre();
    if (toutesLesLignes) marquerLaLigne();
    else montrerClassement();
    montrerCartouche();
    if (prendreLeFocus) {
      parId('titre-commune').focus({ preventScroll: true });
      parId('commune').scrollIntoView({ block: window.matchMedia('(min-width: 1100px)').matches ? 'nearest' : 'start' });
    }
    parId('annonce').textContent = `${D.lieux[lieu].nom} : ses chiffres sont affichés.`;
  }
  function fermerCommune() {
    if (etat.commune === null) return;
    const rang = membreDuLieu.get(etat.commune);
    const ligne = lignes.get(etat.commune);
    etat.commune = null;
    etat.avec = null;
    ecrireAdresse(true);
    toutMontrer();
    if (rang !== undefined) viser(rang);
    else ligne?.nom.firstChild.focus();
  }
  function comparer(lieu) {
    etat.avec = lieu;
    ecrireAdresse(true);
    montrerCommune();
    peindre();
    parId('choix-avec').focus({ preventScroll: true });
  }

  function montrerCommune() {
    const section = parId('commune');
    section.hidden = etat.commune === null;
    if (etat.commune === null) return vider(section);
    const lieu = etat.commune;
    const deux = etat.avec === null ? [lieu] : [lieu, etat.avec];
    return vider(section, teteDeCommune(lieu), clesDeCommune(lieu), courbesDeCommune(deux), chiffresDeCommune(deux),
      structures(deux), pyramide(lieu), services(lieu));
  }

  function teteDeCommune(lieu) {
    const { code, nom } = D.lieux[lieu];
    const fermer = el('button', { type: 'button', class: 'fermer', 'aria-label': `Fermer ${nom}` }, '×');
    fermer.addEventListener('click', fermerCommune);
    const choix = el('select', { id: 'choix-avec' }, el('option', { value: '' }, 'le territoire seul'),
      COMMUNES.filter((k) => k !== lieu).map((k) => el('option', { value: k }, D.lieux[k].nom)));
    choix.value = etat.avec === null ? '' : String(etat.avec);
    choix.addEventListener('change', () => comparer(choix.value === '' ? null : Number(choix.value)));
    const fiche = D.fiches[code];
    const rang = membreDuLieu.get(lieu);
    const voisines = rang === undefined ? [] : membres[rang].voisines.map((k) => lieuDuCode.get(membres[k].code)).filter((k) => k !== undefined);
    const boutons = voisines.map((k) => {
      const bouton = el('button', { type: 'button' }, D.lieux[k].nom);
      bouton.addEventListener('click', () => ouvrir(k, true));
      return el('li', {}, bouton);
    });
    return el('div', {},
      el('div', { class: 'tete' }, el('h2', { id: 'titre-commune', tabindex: -1 }, nom), MENTION ? el('span', { class: 'mention' }, MENTION) : null, fermer),
      el('div', { class: 'outils' },
        fiche ? el('a', { class: 'bouton', href: fiche }, 'Fiche de la commune (pdf)') : null,
        el('div', { class: 'reglage' }, el('label', { for: 'choix-avec' }, 'Comparer avec'), choix)),
      boutons.length ? el('div', { class: 'voisines' }, el('h3', {}, 'Communes voisines'), el('ul', {}, boutons)) : null);
  }

  function clesDeCommune(lieu) {
    const elements = CLES.map((id) => cle(id, lieu)).filter(Boolean);
    return elements.length ? el('ul', { class: 'cles petites' }, elements) : null;
  }

  function courbesDeCommune(deux) {
    const choisi = [etat.i, etat.m];
    const autres = COURBES.map((id) => indicateurDe.get(id)).filter(Boolean).map((i) => [i, modaliteDe(i, '')])
      .filter(([i, m]) => m && m !== etat.m);
    const figures = [choisi, ...autres].map(([i, m]) => {
      const lieux = COMPARABLES.includes(i.unite) ? [...deux, TERRITOIRE] : deux;
      return deux.some((l) => m.annees.some((a) => connu(figure(m, a, l)))) ? courbe(i, m, lieux, titreDe(i, m)) : null;
    }).filter(Boolean);
    return figures.length ? el('div', {}, el('h3', {}, 'Année après année'), el('div', { class: 'courbes' }, figures)) : null;
  }

  /** Ce qui vaut une ligne : ce dont la table parle, et, pour un détail, ce qui n’est pas nul. */
  const parle = (f, detail) => D.statuts[f.statut].mot !== 'non_disponible' && !(detail && (f.valeur === 0 || D.statuts[f.statut].mot === 'sans_objet'));

  // Les familles que l’on a ouvertes le restent d’une année, ou d’une commune, à l’autre.
  const ouvertes = new Map();

  /** Tous les chiffres de la commune, par famille, à côté de ceux à qui on la compare. */
  function chiffresDeCommune(deux) {
    const lieux = [...deux, TERRITOIRE];
    const familles = D.familles.map((titre, rang) => {
      const entrees = D.indicateurs.filter((i) => i.famille === rang && !A_PART.includes(i.id));
      const dites = entrees.flatMap((i) => i.modalites.map((m) => [i, m]))
        .filter(([, m]) => deux.some((l) => parle(figure(m, anneeProche(m, etat.annee), l), m.id !== '')));
      return dites.length ? [titre, dites] : null;
    }).filter(Boolean);
    return el('div', {}, el('h3', {}, `Tous les chiffres, ${etat.annee}`),
      el('p', { class: 'aide' }, 'Un détail qui vaut zéro n’a pas de ligne. Ne s’impriment que les familles ouvertes.'), familles.map(([titre, dites], k) => {
      const details = el('details', { class: 'famille' }, el('summary', {}, titre));
      const remplir = () => {
        if (details.children.length < 2) details.append(tableDeChiffres(titre, dites, lieux));
      };
      details.addEventListener('toggle', () => {
        ouvertes.set(titre, details.open);
        if (details.open) remplir();
      });
      if (ouvertes.get(titre) ?? k === 0) {
        remplir();
        details.open = true;
      }
      return details;
    }));
  }
  function tableDeChiffres(titre, dites, lieux) {
    return el('div', { class: 'defile', tabindex: 0, role: 'group', 'aria-label': titre }, el('table', { class: 'comparaison' },
      el('caption', { class: 'hors-vue' }, titre),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Indicateur'),
        lieux.map((l) => el('th', { scope: 'col', class: 'n' }, l === TERRITOIRE ? 'Territoire' : D.lieux[l].nom)))),
      grouper(dites).map(({ sujet, details }) => el('tbody', {},
        sujet ? el('tr', { class: 'sujet-de-ligne' }, el('th', { scope: 'rowgroup', colspan: lieux.length + 1 }, sujet)) : null,
        details.map(([i, m]) => ligneDeChiffres(i, m, lieux))))));
  }
  /** Les détails d’un indicateur qui n’a pas d’ensemble, ou d’une question, sont sous son nom. */
  function grouper(dites) {
    const groupes = [];
    for (const [i, m] of dites) {
      const entier = dites.some(([j, n]) => j === i && n.id === '');
      const sujet = entier ? '' : [i.libelle, m.groupe].filter(Boolean).join('. ');
      if (!groupes.length || groupes[groupes.length - 1].sujet !== sujet) groupes.push({ sujet, details: [] });
      groupes[groupes.length - 1].details.push([i, m]);
    }
    return groupes;
  }
  function ligneDeChiffres(i, m, lieux) {
    const annee = anneeProche(m, etat.annee);
    return el('tr', { class: m.id === '' ? null : 'detail' },
      el('th', { scope: 'row' }, m.id === '' ? i.libelle : m.libelle, annee === etat.annee ? null : el('span', { class: 'pale' }, ` (${annee})`)),
      lieux.map((l) => el('td', { class: 'n' }, chiffre(i, m, annee, l))));
  }

  /** Les lieux d’accueil par type : combien, et combien de places. */
  function structures(deux) {
    const [nombreDe, placesDe] = [indicateurDe.get('eaje'), indicateurDe.get('eaje_places')];
    if (!nombreDe || !placesDe) return null;
    const types = nombreDe.modalites.filter((m) => m.id.startsWith('type:')).map((m) => [nombreDe, m, placesDe, modaliteDe(placesDe, m.id), m.libelle]);
    const [mam, mamPlaces] = [indicateurDe.get('mam'), indicateurDe.get('mam_places')];
    if (mam && modaliteDe(mam, '')) types.push([mam, modaliteDe(mam, ''), mamPlaces, modaliteDe(mamPlaces, ''), mam.libelle]);
    const lignesDe = types.filter(([, m]) => deux.some((l) => figure(m, anneeProche(m, etat.annee), l).valeur > 0)).map(([i, m, ip, mp, nom]) => {
      const annee = anneeProche(m, etat.annee);
      return el('tr', {}, el('th', { scope: 'row' }, nom), deux.map((l) => [
        el('td', { class: 'n' }, chiffre(i, m, annee, l)), el('td', { class: 'n' }, mp ? chiffre(ip, mp, annee, l) : null)]));
    });
    const titre = 'Établissements et maisons d’assistants maternels';
    if (!lignesDe.length) return null;
    return el('div', {}, el('h3', {}, titre), el('div', { class: 'defile', tabindex: 0, role: 'group', 'aria-label': titre }, el('table', {},
      el('caption', { class: 'hors-vue' }, titre),
      el('thead', {},
        deux.length > 1 ? el('tr', {}, el('td', {}), deux.map((l) => el('th', { scope: 'colgroup', colspan: 2, class: 'n' }, D.lieux[l].nom))) : null,
        el('tr', {}, el('th', { scope: 'col' }, 'Type'), deux.map(() => [el('th', { scope: 'col', class: 'n' }, 'Nombre'), el('th', { scope: 'col', class: 'n' }, 'Places')]))),
      el('tbody', {}, lignesDe))));
  }

  /** La pyramide des âges, des plus âgés aux plus jeunes, si la table la montre. */
  function pyramide(lieu) {
    const i = indicateurDe.get('pyramide_ages');
    if (!i) return null;
    const classes = i.modalites.filter((m) => !m.id.includes(':'));
    const annee = anneeProche(classes[0], etat.annee);
    const f = (m) => figure(m, annee, lieu);
    const titre = `Âges des assistants maternels, ${annee}`;
    const retenue = classes.map((m) => D.statuts[f(m).statut]).find((s) => s.mot.startsWith('secret'));
    // Des zéros et des classes retenues ne font pas une pyramide ; ni quelques classes sur beaucoup que l’on tait.
    const tues = classes.filter((m) => !connu(f(m))).length;
    if (!classes.some((m) => f(m).valeur > 0) || tues * 3 > classes.filter((m) => f(m).valeur !== 0).length) {
      return retenue ? el('div', {}, el('h3', {}, titre), el('p', { class: 'pale' }, `La pyramide de la commune n’est pas montrée\u00a0: ${retenue.long.replace('non diffusé\u00a0: ', '').replace('non diffusé : ', '')}.`)) : null;
    }
    const plusGrand = Math.max(1, ...classes.map((m) => f(m).valeur || 0));
    const lignesDe = classes.filter((m) => m.id !== 'inconnu' || f(m).valeur > 0).reverse().map((m) => {
      const lieux = ['domicile', 'mam'].map((l) => modaliteDe(i, `${m.id}:${l}`));
      const barre = (classe, part) => {
        const element = el('span', { class: classe });
        element.style.setProperty('--part', part / plusGrand);
        return element;
      };
      const separes = lieux.every((d) => d && connu(f(d)));
      const barres = separes ? lieux.map((d, k) => barre(k ? 'mam' : 'domicile', f(d).valeur))
        : [connu(f(m)) ? barre('ensemble-des-deux', f(m).valeur) : barre('tue', plusGrand)];
      return el('tr', {}, el('th', { scope: 'row' }, m.libelle), el('td', { class: 'ages', 'aria-hidden': 'true' }, el('div', {}, barres)),
        [...lieux, m].map((d) => el('td', { class: 'n' }, d ? chiffre(i, d, annee, lieu) : null)));
    });
    return el('div', {}, el('h3', {}, titre), el('div', { class: 'defile', tabindex: 0, role: 'group', 'aria-label': titre }, el('table', { class: 'pyramide' },
      el('caption', { class: 'hors-vue' }, titre),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Âge'), el('td', {}), el('th', { scope: 'col', class: 'n domicile' }, 'À domicile'), el('th', { scope: 'col', class: 'n mam' }, 'En MAM'), el('th', { scope: 'col', class: 'n' }, 'Ensemble'))),
      el('tbody', {}, lignesDe))));
  }

  function services(lieu) {
    const dits = D.services[D.lieux[lieu].code];
    if (!dits || !dits.length) return null;
    const sources = [...new Set(dits.map(([, , source]) => source))];
    return el('div', {}, el('h3', {}, 'Services de la commune'),
      el('dl', { class: 'services' }, dits.map(([nom, valeur]) => el('div', {}, el('dt', {}, nom), el('dd', {}, valeur)))),
      el('p', { class: 'sources' }, `Source\u00a0: ${sources.join('\u202f; ')}.`));
  }

  // ---------------------------------------------------------------------------------------------
  // Chercher une commune

  const replies = COMMUNES.map((lieu) => [lieu, replier(D.lieux[lieu].nom)]);
  let trouvees = [];
  let visee = -1;

  function chercher() {
    const mots = replier(parId('champ-recherche').value);
    const debute = ([, nom]) => nom.startsWith(mots);
    const contient = ([lieu, nom]) => ` ${nom}`.includes(` ${mots}`) || D.lieux[lieu].code.startsWith(mots);
    trouvees = mots ? [...replies.filter(debute), ...replies.filter((r) => !debute(r) && contient(r))].slice(0, 8).map(([lieu]) => lieu) : [];
    visee = trouvees.length ? 0 : -1;
    montrerTrouvees();
    if (mots) parId('annonce').textContent = trouvees.length ? `${compter(trouvees.length, 'commune trouvée', 'communes trouvées')}.` : 'Aucune commune de ce nom.';
  }
  function montrerTrouvees() {
    const champ = parId('champ-recherche');
    const liste = parId('resultats');
    vider(liste, trouvees.map((lieu, k) => {
      const option = el('li', { role: 'option', id: `trouvee-${k}`, 'aria-selected': k === visee }, D.lieux[lieu].nom);
      // Avant que le champ ne perde le focus, et avec lui la liste.
      option.addEventListener('pointerdown', (e) => { e.preventDefault(); retenir(lieu); });
      return option;
    }));
    liste.hidden = trouvees.length === 0;
    champ.setAttribute('aria-expanded', trouvees.length > 0);
    if (visee >= 0) champ.setAttribute('aria-activedescendant', `trouvee-${visee}`);
    else champ.removeAttribute('aria-activedescendant');
  }
  function retenir(lieu) {
    parId('champ-recherche').value = '';
    trouvees = [];
    montrerTrouvees();
    ouvrir(lieu, true);
  }
  function clavierDeRecherche(e) {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      if (!trouvees.length) return;
      visee = (visee + (e.key === 'ArrowDown' ? 1 : trouvees.length - 1)) % trouvees.length;
      montrerTrouvees();
    } else if (e.key === 'Enter' && visee >= 0) {
      e.preventDefault();
      retenir(trouvees[visee]);
    } else if (e.key === 'Escape') {
      trouvees = [];
      parId('champ-recherche').value = '';
      montrerTrouvees();
    }
  }

  // ---------------------------------------------------------------------------------------------
  // Emporter

  function donner(contenu, genre, nom) {
    const lien = el('a', { href: URL.createObjectURL(new Blob([contenu], { type: genre })), download: nom });
    document.body.append(lien);
    lien.click();
    lien.remove();
    setTimeout(() => URL.revokeObjectURL(lien.href), 10000);
  }
  const nomDeFichier = (extension) => `${[MENTION ? 'interne' : '', etat.i.id, etat.m.id, etat.annee].filter(Boolean).join('-').replace(/[^A-Za-z0-9_-]+/g, '-')}.${extension}`;

  /** Une cellule : entre guillemets s’il le faut, et jamais prise pour une formule. */
  function celluleCsv(valeur) {
    if (typeof valeur === 'number') return String(valeur).replace('.', ',');
    const texte = /^[=+\-@\t\r]/.test(valeur) ? `'${valeur}` : String(valeur ?? '');
    return /[";\n]/.test(texte) ? `"${texte.replace(/"/g, '""')}"` : texte;
  }
  function tableauCsv() {
    const { i, m, annee } = etat;
    const entetes = ['Rang', 'Niveau', 'Code', 'Nom', 'Année', 'Indicateur', 'Enquête et question', 'Détail', 'Valeur', 'Unité', 'Statut', 'Communes connues', 'Numérateur', 'Dénominateur', 'Date', 'Sources', ...(MENTION ? ['Diffusion'] : [])];
    const ligne = (lieu) => {
      const f = figure(m, annee, lieu);
      const { niveau_en_clair: niveau, code, nom } = D.lieux[lieu];
      const sources = (f.origine || '').split(';').filter(Boolean).map((id) => D.citations[id.trim()] || id).join(' / ');
      return [rangs().get(lieu) ?? '', niveau, code, nom, annee, i.libelle, m.groupe || '', m.id ? m.libelle : '', f.valeur ?? '', i.unite, D.statuts[f.statut].long, D.lieux[lieu].niveau === 'commune' ? '' : f.parties || '', f.numerateur ?? '', f.denominateur ?? '', f.jour || '', sources, ...(MENTION ? [MENTION] : [])];
    };
    // La marque d’ordre des octets dit à Excel que le fichier est en UTF-8.
    return `\ufeff${[entetes, ...[...communesTriees(), ...AUTRES].map(ligne)].map((l) => l.map(celluleCsv).join(';')).join('\r\n')}\r\n`;
  }

  function plier(texte, longueur) {
    const lignesDe = [''];
    for (const mot of texte.split(' ')) {
      const derniere = lignesDe[lignesDe.length - 1];
      if (derniere && derniere.length + mot.length + 1 > longueur) lignesDe.push(mot);
      else lignesDe[lignesDe.length - 1] = derniere ? `${derniere} ${mot}` : mot;
    }
    return lignesDe;
  }
  const remplissage = (couleur) => {
    const rang = Number(couleur[1]);
    if (/^c\d$/.test(couleur)) return D.couleurs.classes[rang];
    if (/^d\d$/.test(couleur)) return D.couleurs.contrastees[rang];
    return { nd: 'url(#hachures)', secret: 'url(#points)' }[couleur] || '#ffffff';
  };
  const foncee = (couleur) => ['c3', 'c4', 'd0', 'd4'].includes(couleur);

  /** La carte comme image qui se suffit : titre, légende, sources, couleurs du papier. */
  function image() {
    const { i, m, annee } = etat;
    const C = D.couleurs;
    const { largeur, hauteur } = D.fond;
    const titre = plier(`${titreDe(i, m)}, ${annee}`, 70);
    const [marge, colonne, tete] = [100, 860, 230 + 100 * titre.length + (MENTION ? 80 : 0)];
    const pied = plier(parId('sources-carte').textContent, 130);
    const [W, Ht] = [largeur + colonne + 2 * marge, hauteur + tete + 120 + 60 * pied.length];
    const texte = (x, yy, corps, dit, plus) => svg('text', { x, y: yy, 'font-size': corps, fill: C.encre, ...plus }, dit);
    const motifs = definitions();
    motifs.querySelectorAll('.papier').forEach((e) => e.setAttribute('fill', '#ffffff'));
    motifs.querySelectorAll('.trait').forEach((e) => garnir(e, { stroke: C.trame, 'stroke-width': 3, fill: 'none' }, []));
    motifs.querySelectorAll('.point').forEach((e) => e.setAttribute('fill', C.trame));
    const carte = svg('g', { transform: `translate(${marge} ${tete})` },
      D.fond.voisines.map((d) => svg('path', { d, fill: C.voisine, stroke: C.voisine_bord, 'stroke-width': 3 })),
      membres.map((membre) => svg('path', { d: membre.trace, fill: 'none', stroke: C.encre_pale, 'stroke-width': 16 })),
      membres.map((membre) => {
        const f = figure(m, annee, lieuDuCode.get(membre.code));
        return svg('path', { d: membre.trace, fill: remplissage(couleurDe(m, f)), stroke: connu(f) ? '#ffffff' : C.trame, 'stroke-width': 5 });
      }),
      membres.filter((membre) => membre.etiquette).map((membre) => {
        const f = figure(m, annee, lieuDuCode.get(membre.code));
        const couleur = membre.etiquette.filet || !connu(f) ? '' : couleurDe(m, f);
        const { lignes: posees, corps, filet } = membre.etiquette;
        return svg('g', {}, filet ? svg('path', { d: `M${filet[0]} ${filet[1]}L${filet[2]} ${filet[3]}`, stroke: C.encre_pale, 'stroke-width': 4 }) : null,
          posees.map(([x, yy, dit], k) => {
            const valeur = k === posees.length - 1;
            return texte(x, yy, corps, valeur ? ecrire(i, f) : dit, {
              'text-anchor': 'middle', fill: foncee(couleur) ? '#ffffff' : C.encre, 'font-weight': valeur ? 700 : 400,
              'font-style': valeur && estime(f) ? 'italic' : 'normal',
              stroke: couleur ? remplissage(couleur) : '#ffffff', 'stroke-width': 9, 'stroke-linejoin': 'round', 'paint-order': 'stroke',
            });
          }));
      }));
    const X = marge + largeur + 60;
    const legende = lignesDeLegende().map(({ couleur, texte: dit, nombre: n }, k) => svg('g', { transform: `translate(${X} ${tete + 60 + k * 105})` },
      svg('rect', { width: 130, height: 84, fill: remplissage(couleur), stroke: C.trame, 'stroke-width': 2 }),
      texte(160, 58, 50, dit), texte(colonne - 60, 58, 46, n, { 'text-anchor': 'end', fill: C.encre_pale })));
    const methode = plier(m.methode, 34).map((dit, k) => texte(X, tete + 130 + legende.length * 105 + k * 54, 42, dit, { fill: C.encre_pale }));
    return svg('svg', { xmlns: SVG, viewBox: `0 0 ${W} ${Ht}`, width: Math.round(W / 2), height: Math.round(Ht / 2), 'font-family': 'Noto Sans, Segoe UI, system-ui, sans-serif' },
      motifs, svg('rect', { width: W, height: Ht, fill: '#ffffff' }),
      titre.map((dit, k) => texte(marge, 130 + 100 * k, 88, dit, { 'font-weight': 700 })),
      MENTION ? texte(marge, 190 + 100 * titre.length + 70, 60, MENTION, { 'font-weight': 700 }) : null,
      texte(marge, 90 + 100 * titre.length + 100, 56, `${D.territoire}${unite(i) ? ` · ${unite(i)}` : ''}`, { fill: C.encre_pale }),
      carte, texte(X + colonne - 60, tete + 36, 40, 'communes', { 'text-anchor': 'end', fill: C.encre_pale }), legende, methode,
      pied.map((dit, k) => texte(marge, tete + hauteur + 90 + 60 * k, 44, dit, { fill: C.encre_pale })));
  }
  function emporterPng() {
    const dessin = image();
    const adresseDuDessin = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(dessin))}`;
    const charge = new Image();
    charge.addEventListener('load', () => {
      const toile = el('canvas', { width: dessin.getAttribute('width'), height: dessin.getAttribute('height') });
      toile.getContext('2d').drawImage(charge, 0, 0, toile.width, toile.height);
      toile.toBlob((blob) => donner(blob, 'image/png', nomDeFichier('png')), 'image/png');
    });
    charge.src = adresseDuDessin;
  }
  async function copierLien() {
    let dit = 'Le lien de cette vue est copié.';
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      dit = 'Le lien de cette vue est dans la barre d’adresse.';
    }
    const bouton = parId('copier-lien');
    bouton.textContent = dit;
    parId('annonce').textContent = dit;
    setTimeout(() => { bouton.textContent = 'Copier le lien de cette vue'; }, 4000);
  }

  // ---------------------------------------------------------------------------------------------
  // Ensemble

  function toutMontrer() {
    rangsDe = null;
    montrerChoix();
    montrerTitres();
    peindre();
    montrerLegende();
    montrerCartouche();
    enSuite(() => {
      montrerClassement();
      montrerEnsemble();
      montrerCommune();
    });
  }
  // Au-delà de cent communes, la carte se recolore d’abord et le reste suit à l’image d’après : la glissière des années reste vive.
  let attente = 0;
  function enSuite(faire) {
    if (COMMUNES.length <= COMMUNES_D_UN_COUP) {
      faire();
      return;
    }
    attente += 1;
    const tour = attente;
    requestAnimationFrame(() => setTimeout(() => { if (tour === attente) faire(); }));
  }

  function montrerSignes() {
    const signes = new Map();
    for (const s of D.statuts) if (s.court) signes.set(s.court, [...(signes.get(s.court) || []), s.long]);
    const dits = [...signes].map(([court, longs]) => el('li', {}, el('strong', {}, court), ` ${longs.join(', ou ')}`));
    dits.push(el('li', {}, el('em', {}, '12'), ' estimé, calculé à partir d’autres chiffres'));
    vider(parId('signes'), dits);
    for (const [id, libelles] of [['sans-chiffre', D.sans_chiffre], ['retenus', D.retenus]]) {
      parId(id).hidden = libelles.length === 0;
      vider(parId(id).querySelector('ul'), libelles.map((s) => el('li', {}, s)));
    }
  }

  function ecouter() {
    const quand = (id, evenement, faire) => parId(id)?.addEventListener(evenement, faire);
    quand('choix-indicateur', 'change', (e) => choisirIndicateur(e.target.value));
    quand('choix-groupe', 'change', (e) => {
      const groupes = groupesDe(etat.i);
      choisirIndicateur(etat.i.id, etat.i.modalites.find((m) => m.groupe === groupes[e.target.value]).id);
    });
    quand('choix-modalite', 'change', (e) => choisirIndicateur(etat.i.id, e.target.value));
    quand('choix-annee', 'input', (e) => choisirAnnee(Number(e.target.value), false));
    quand('annee-avant', 'click', () => choisirAnnee(etat.m.annees.indexOf(etat.annee) - 1, true));
    quand('annee-apres', 'click', () => choisirAnnee(etat.m.annees.indexOf(etat.annee) + 1, true));
    quand('toutes-les-lignes', 'click', () => {
      toutesLesLignes = true;
      montrerClassement();
      parId('titre-classement').focus({ preventScroll: true });
    });
    quand('champ-recherche', 'input', chercher);
    quand('champ-recherche', 'keydown', clavierDeRecherche);
    quand('champ-recherche', 'blur', () => { trouvees = []; montrerTrouvees(); });
    quand('plan', 'keydown', clavierDeCarte);
    quand('plan', 'click', (e) => { if (e.target.rang !== undefined) ouvrir(lieuDuCode.get(membres[e.target.rang].code), !window.matchMedia('(min-width: 1100px)').matches); });
    quand('plan', 'pointerover', (e) => survoler(e.target.rang ?? null));
    quand('plan', 'pointerleave', () => survoler(null));
    // Sur la feuille et non sur le plan : qui écoute le focus d’un élément SVG le rend lui-même accessible à Tab.
    quand('feuille', 'focusin', (e) => { if (e.target.rang !== undefined) survoler(e.target.rang); });
    quand('feuille', 'focusout', () => survoler(null));
    quand('commune', 'keydown', (e) => { if (e.key === 'Escape' && e.target.tagName !== 'SELECT') fermerCommune(); });
    quand('telecharger-csv', 'click', () => donner(tableauCsv(), 'text/csv;charset=utf-8', nomDeFichier('csv')));
    quand('telecharger-svg', 'click', () => donner(new XMLSerializer().serializeToString(image()), 'image/svg+xml', nomDeFichier('svg')));
    quand('telecharger-png', 'click', emporterPng);
    quand('imprimer', 'click', () => window.print());
    quand('copier-lien', 'click', copierLien);
    quand('origine', 'click', (e) => { if (e.target === e.currentTarget) e.currentTarget.close(); });
    document.addEventListener('click', (e) => {
      const bouton = e.target.closest('button.chiffre');
      if (bouton) montrerOrigine(bouton.origine);
    });
    window.addEventListener('hashchange', relire);
    window.addEventListener('popstate', relire);
  }

  parId('toutes-les-lignes').textContent = `Montrer les ${nombre(COMMUNES.length, 0)}\u00a0communes`;
  remplirIndicateurs();
  dessinerPlan();
  creerClassement();
  montrerResume();
  montrerSignes();
  ecouter();
  lireAdresse();
  toutMontrer();
})();
