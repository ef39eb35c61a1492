//! Finding the header row and the column of each field.

use std::collections::BTreeMap;

use super::mots::{self, plier_entete};
use super::tableau::{Pretention, annee_d_entete};
use super::{COLONNES_ANNEES, Champ, Disposition, Genre};
use crate::quality::{Lieu, Motif, Probleme, lettres_de_colonne, masquer};
use crate::sources::grille::{Etendue, Grille};
use crate::sources::valeurs::{date, nombre, replier};

/// How many rows may stand above the header: titles, logos, notes.
const LIGNES_DE_TITRE: usize = 60;
/// A header found by words has no more than these: a sentence that holds them is a title.
const MOTS_MAX: usize = 12;
/// Accepted headers that a message cites: the commonest, of which a person picks one.
const ACCEPTES_CITES: usize = 8;
/// Likeness from which a header is suggested for a missing one.
const RESSEMBLANCE: f64 = 0.87;

/// A layout made ready to compare headers.
pub(super) struct Reconnaisseur<'a> {
    disposition: &'a Disposition,
    champs: Vec<ChampPret<'a>>,
    surcharges: &'a BTreeMap<String, String>,
    /// A year as a header is a sign too.
    compte_les_annees: bool,
}

struct ChampPret<'a> {
    nom: &'a str,
    surcharge: Option<String>,
    entetes: Vec<String>,
    contient: Vec<Vec<String>>,
    sauf: Vec<String>,
    /// The only other words that a header found by `contient` may hold, where the layout says them.
    admis: Option<Vec<Vec<String>>>,
    /// Whole words that no header found by `contient` holds.
    etrangers: Vec<&'static str>,
    /// What it holds are counts: of several columns that may be it, none is taken for the others.
    compte: bool,
    /// Words do not tell which of several columns is it.
    rivales: bool,
}

/// Where the header of a grid stands, and what its columns are called.
pub(super) struct Reperage {
    /// How well the headers fit; 0 if nothing was recognised.
    pub(super) note: u32,
    /// Row of the first line of the header, from 0.
    pub(super) debut: usize,
    /// Row of the first line below the header.
    pub(super) fin: usize,
    /// The name of each column; empty where it has none.
    pub(super) noms: Vec<String>,
    /// What each column may be: its whole name, then the lower line alone.
    variantes: Vec<[String; 2]>,
}

/// How strongly a column claims a field: larger is stronger.
pub(super) type Force = u32;
pub(super) const PAR_SURCHARGE: Force = 4_000_000;
pub(super) const PAR_ENTETE: Force = 3_000_000;
pub(super) const PAR_MOTS: Force = 2_000_000;

impl<'a> Reconnaisseur<'a> {
    pub(super) fn new(disposition: &'a Disposition, surcharges: &'a BTreeMap<String, String>) -> Self {
        let plier = |textes: &[String]| textes.iter().map(|t| plier_entete(t)).collect::<Vec<_>>();
        let locutions = |textes: &[String]| {
            let mots = |texte: &String| texte.split(' ').map(str::to_owned).collect::<Vec<_>>();
            plier(textes).iter().map(mots).collect::<Vec<_>>()
        };
        let champs = disposition
            .champs
            .iter()
            .map(|(nom, champ)| ChampPret {
                nom,
                surcharge: surcharges.get(nom).map(|s| plier_entete(s)),
                entetes: plier(&champ.entetes),
                contient: locutions(&champ.contient),
                sauf: plier(&champ.sauf),
                admis: champ.admis.as_deref().map(locutions),
                etrangers: if champ.motif == Genre::Compte { mots::etrangers(champ) } else { Vec::new() },
                compte: champ.motif == Genre::Compte,
                rivales: champ.rivales,
            })
            .collect();
        let compte_les_annees = disposition.une_de.iter().flatten().any(|c| c == COLONNES_ANNEES);
        Self { disposition, champs, surcharges, compte_les_annees }
    }

    /// The row, or the pair of rows, whose cells are recognised best; the first of equals. Two rows
    /// must do better than one, and not look like data.
    pub(super) fn reperer(&self, grille: &Grille) -> Reperage {
        let candidats = grille.hauteur().min(LIGNES_DE_TITRE);
        if self.disposition.champs.is_empty() {
            return premiere_ligne_pleine(grille, candidats);
        }
        let mut meilleur = Reperage { note: 0, debut: 0, fin: 0, noms: Vec::new(), variantes: Vec::new() };
        for debut in 0..candidats {
            for fin in [debut + 1, debut + 2] {
                let exclue = if fin == debut + 2 {
                    !peut_etre_double(grille, debut)
                } else {
                    est_un_titre(grille, debut)
                };
                if exclue {
                    continue;
                }
                let mut essai = Reperage::lire(grille, debut, fin);
                essai.note = self.noter(&essai);
                // A single line wins over the pair it belongs to, whichever of its lines it is.
                if essai.note > meilleur.note
                    || essai.note == meilleur.note && meilleur.fin == fin && fin == debut + 1
                {
                    meilleur = essai;
                }
            }
        }
        self.completer(grille, meilleur)
    }

    /// The header with the row below it where that one names parts of what it names: « Enfants de moins de 3 ans », and under
    /// it « Allocataires », « Total ». The upper line alone would give the first of them for the whole.
    fn completer(&self, grille: &Grille, reperage: Reperage) -> Reperage {
        let simple = reperage.note > 0 && reperage.fin == reperage.debut + 1;
        if !simple || !continue_l_entete(grille, reperage.debut) {
            return reperage;
        }
        let mut double = Reperage::lire(grille, reperage.debut, reperage.debut + 2);
        // « Nombre », « Total » name nothing without the line above.
        for [nom, bas] in &mut double.variantes {
            bas.clone_from(nom);
        }
        double.note = self.noter(&double);
        if double.note > 0 { double } else { reperage }
    }

    fn noter(&self, reperage: &Reperage) -> u32 {
        let reconnus: u32 = self.attribuer(reperage).values().map(|(_, force)| force / 1_000_000).sum();
        if self.compte_les_annees { reconnus + self.noter_les_annees(&reperage.noms) } else { reconnus }
    }

    /// Columns of one year each are a sign; those that name a field beside the year, as strong a one as the field.
    fn noter_les_annees(&self, noms: &[String]) -> u32 {
        let annuelles = noms.iter().filter_map(|nom| Some((nom, annee_d_entete(nom)?)));
        let (nommees, nues): (Vec<Force>, Vec<Force>) = annuelles
            .map(|(nom, annee)| {
                self.champ_nomme(&sans_annee(nom, annee), |_| true).map_or(0, |(_, force)| force)
            })
            .partition(|force| *force > 0);
        let nues = u32::try_from(nues.len().min(3)).unwrap_or(0);
        nommees.iter().map(|force| force / 1_000_000).sum::<u32>() + nues
    }

    /// The field that a label names, and how strongly: by an accepted header first, else the only one whose words
    /// it holds.
    pub(super) fn champ_nomme(
        &self,
        libelle: &str,
        parmi: impl Fn(&str) -> bool,
    ) -> Option<(&'a str, Force)> {
        let plie = plier_entete(libelle);
        let identifiant = |c: &ChampPret<'_>| if replier(c.nom) == plie { PAR_ENTETE } else { 0 };
        let forces =
            self.champs.iter().filter(|c| parmi(c.nom)).map(|c| (c.nom, c.force(&plie).max(identifiant(c))));
        let mut nommes: Vec<(&str, Force)> = forces.filter(|(_, force)| *force > 0).collect();
        nommes.sort_by_key(|(_, force)| std::cmp::Reverse(*force));
        match nommes.as_slice() {
            [premier, ..] if premier.1 >= PAR_ENTETE => Some(*premier),
            [seul] => Some(*seul),
            _ => None,
        }
    }

    /// The column of each field that has one, and how strongly. The strongest claims are served
    /// first; a column serves one field.
    fn attribuer(&self, reperage: &Reperage) -> BTreeMap<&'a str, (usize, Force)> {
        let mut pretentions: Vec<(Force, &'a str, usize)> = Vec::new();
        for (colonne, variantes) in reperage.variantes.iter().enumerate() {
            for champ in &self.champs {
                let force = self.force(champ, reperage, colonne, variantes);
                if force > 0 {
                    pretentions.push((force, champ.nom, colonne));
                }
            }
        }
        pretentions.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)).then(a.1.cmp(b.1)));
        let mut attribues: BTreeMap<&str, (usize, Force)> = BTreeMap::new();
        let mut prises = vec![false; reperage.variantes.len()];
        for (force, champ, colonne) in pretentions {
            if !prises[colonne] && !attribues.contains_key(champ) {
                prises[colonne] = true;
                attribues.insert(champ, (colonne, force));
            }
        }
        attribues
    }

    /// How strongly a column claims a field: by its whole name, or by its lower line alone, unless the upper one
    /// says the year that the lower one is of.
    fn force(
        &self,
        champ: &ChampPret<'_>,
        reperage: &Reperage,
        colonne: usize,
        [nom, bas]: &[String; 2],
    ) -> Force {
        let annee = |texte: &str| annee_d_entete(texte).is_some();
        let datee = self.compte_les_annees && !annee(bas) && annee(&reperage.noms[colonne]);
        let seul = |haut: &str| !champ.compte || champ.est_dit_sous(haut.trim_end(), bas);
        let seul = nom.strip_suffix(bas.as_str()).is_none_or(seul);
        champ.force(nom).max(if datee || bas == nom || !seul { 0 } else { champ.force(bas) })
    }

    /// The column (from 0) of each field that the grid has, and the counts that are not read because several columns
    /// may be them.
    ///
    /// # Errors
    /// `ColonneAbsente` or `ColonneEnDouble`.
    pub(super) fn colonnes(
        &self,
        grille: &Grille,
        reperage: &Reperage,
    ) -> Result<(BTreeMap<String, usize>, Vec<Probleme>), Probleme> {
        let lieu = Lieu { ligne: grille.lignes.get(reperage.debut).copied(), ..grille.origine.lieu() };
        let attribues = self.attribuer(reperage);
        self.verifier_les_surcharges(&attribues, reperage, &lieu)?;
        let (mut colonnes, mut doutes): (BTreeMap<_, _>, Vec<Probleme>) = (BTreeMap::new(), Vec::new());
        for (champ, (colonne, force)) in &attribues {
            match self.departager(champ, *colonne, *force, grille, reperage, &attribues) {
                Ok(retenue) => drop(colonnes.insert((*champ).to_owned(), retenue)),
                Err(doubles) => {
                    let double = self.en_double(champ, &doubles, reperage, &lieu);
                    // The other counts of the file can be read without this one.
                    if !self.champs.iter().any(|c| c.nom == *champ && c.compte) {
                        return Err(double);
                    }
                    doutes.push(double);
                }
            }
        }
        match (self.verifier_les_besoins(&colonnes, reperage, &lieu), doutes.first()) {
            (Err(_), Some(double)) => Err(double.clone()),
            (Err(manque), None) => Err(manque),
            (Ok(()), _) => {
                let rivales = |double| Probleme { motif: Motif::ColonnesRivales, ..double };
                Ok((colonnes, doutes.into_iter().map(rivales).collect()))
            }
        }
    }

    /// Among columns that claim a field as strongly, the only one that is filled, or the first if
    /// they all say the same or the field can be done without. `Err` gives the rivals.
    fn departager(
        &self,
        champ: &str,
        colonne: usize,
        force: Force,
        grille: &Grille,
        reperage: &Reperage,
        attribues: &BTreeMap<&str, (usize, Force)>,
    ) -> Result<usize, Vec<usize>> {
        let Some(pret) = self.champs.iter().find(|c| c.nom == champ) else { return Ok(colonne) };
        // Words do not tell which of two counts is the more whole.
        let par_ses_mots = (pret.compte || pret.rivales) && (PAR_MOTS..PAR_ENTETE).contains(&force);
        let aussi_forte = |autre: Force| if par_ses_mots { autre >= PAR_MOTS } else { autre == force };
        let rivales = reperage.variantes.iter().enumerate().filter(|(i, v)| {
            let libre = *i == colonne || attribues.values().all(|(prise, _)| prise != i);
            libre && aussi_forte(self.force(pret, reperage, *i, v))
        });
        let cellules = |i: usize| (reperage.fin..grille.hauteur()).map(move |r| grille.cellule(r, i));
        let pleines: Vec<usize> =
            rivales.map(|(i, _)| i).filter(|i| cellules(*i).any(|c| c.is_some())).collect();
        match pleines.as_slice() {
            [] => Ok(colonne),
            [seule] => Ok(*seule),
            [premiere, autres @ ..] => {
                let pareilles = autres.iter().all(|a| cellules(*a).eq(cellules(*premiere)));
                if pareilles || !self.disposition.a_besoin_de(champ) { Ok(*premiere) } else { Err(pleines) }
            }
        }
    }

    /// The columns that may be each field that has rivals, a year in the header set apart; none where the pipeline names it.
    pub(super) fn rivales(&self, reperage: &Reperage) -> BTreeMap<String, Vec<(u32, Pretention)>> {
        let champs = self.champs.iter().filter(|c| c.rivales && c.surcharge.is_none());
        let pretention = |champ: &ChampPret<'_>, rang: usize| {
            let nom = &reperage.noms[rang];
            let sans_annee = annee_d_entete(nom).map(|annee| plier_entete(&sans_annee(nom, annee)));
            let force = self.force(champ, reperage, rang, &reperage.variantes[rang]);
            let force = force.max(sans_annee.map_or(0, |libelle| champ.force(&libelle)));
            let pretention = if force >= PAR_ENTETE { Pretention::Entete } else { Pretention::Mots };
            (force > 0).then_some((position(rang), pretention))
        };
        champs
            .map(|champ| {
                let colonnes = (0..reperage.noms.len()).filter_map(|rang| pretention(champ, rang));
                (champ.nom.to_owned(), colonnes.collect())
            })
            .collect()
    }

    fn en_double(&self, champ: &str, doubles: &[usize], reperage: &Reperage, lieu: &Lieu) -> Probleme {
        let cites: Vec<String> = doubles
            .iter()
            .map(|i| format!("« {} » (colonne {})", reperage.noms[*i], lettres_de_colonne(position(*i))))
            .collect();
        let detail = format!(
            "plusieurs colonnes conviennent pour « {} » : {}",
            self.nom_courant(champ),
            cites.join(", ")
        );
        Probleme::new(Motif::ColonneEnDouble, lieu.clone(), detail)
    }

    /// A header that the pipeline names must be there.
    fn verifier_les_surcharges(
        &self,
        attribues: &BTreeMap<&str, (usize, Force)>,
        reperage: &Reperage,
        lieu: &Lieu,
    ) -> Result<(), Probleme> {
        for (champ, entete) in self.surcharges {
            let detail = if !self.disposition.champs.contains_key(champ) {
                format!(
                    "le pipeline nomme un champ « {champ} » qui n’existe pas ; les champs sont {}",
                    citer(self.disposition.champs.keys().map(String::as_str))
                )
            } else if attribues.get(champ.as_str()).is_none_or(|(_, force)| *force < PAR_SURCHARGE) {
                let indice = ressemblance(&[plier_entete(entete)], reperage, &|_| true);
                format!("le pipeline nomme « {entete} » pour « {champ} »{indice} ; {}", trouves(reperage))
            } else {
                continue;
            };
            return Err(Probleme::new(Motif::ColonneAbsente, lieu.clone(), detail));
        }
        Ok(())
    }

    fn verifier_les_besoins(
        &self,
        colonnes: &BTreeMap<String, usize>,
        reperage: &Reperage,
        lieu: &Lieu,
    ) -> Result<(), Probleme> {
        let annees = reperage.noms.iter().any(|n| annee_d_entete(n).is_some());
        let present = |c: &str| colonnes.contains_key(c) || c == COLONNES_ANNEES && annees;
        let seuls =
            self.disposition.champs.iter().filter(|(_, c)| c.obligatoire).map(|(n, _)| vec![n.clone()]);
        let Some(manque) =
            seuls.chain(self.disposition.une_de.iter().cloned()).find(|g| !g.iter().any(|c| present(c)))
        else {
            return Ok(());
        };
        let acceptes = manque.iter().filter_map(|c| self.disposition.champs.get(c)).flat_map(|c| &c.entetes);
        let plies: Vec<String> = acceptes.clone().map(|e| plier_entete(e)).collect();
        let noms: Vec<String> = manque.iter().map(|c| format!("« {} »", self.nom_courant(c))).collect();
        // The line to paste, of the only column that nothing takes, if there is one.
        let est_libre = |rang: &usize| colonnes.values().all(|prise| prise != rang);
        let libres: Vec<usize> = (0..reperage.noms.len()).filter(est_libre).collect();
        let restante = match libres.as_slice() {
            [restante] => reperage.noms[*restante].as_str(),
            _ => "",
        };
        let a_ecrire = if restante.is_empty() { "NOM DE LA COLONNE" } else { restante };
        let champ = manque.iter().find(|champ| self.disposition.champs.contains_key(*champ));
        let champ = champ.filter(|_| manque.len() == 1 || !restante.is_empty());
        let a_coller = champ.map_or_else(String::new, |champ| {
            let nom = toml::Value::from(a_ecrire);
            format!(" ; à écrire sous la source, si une colonne la donne : colonnes = {{ {champ} = {nom} }}")
        });
        let detail = format!(
            "il manque {}{} ; en-têtes acceptés : {} ; {}{a_coller}",
            quelques_uns(noms.into_iter(), 3, " ou "),
            ressemblance(&plies, reperage, &|rang| est_libre(&rang)),
            quelques_uns(acceptes.map(|e| format!("« {e} »")), ACCEPTES_CITES, ", "),
            trouves(reperage)
        );
        Err(Probleme::new(Motif::ColonneAbsente, lieu.clone(), detail))
    }

    fn nom_courant(&self, champ: &str) -> String {
        match self.disposition.champs.get(champ) {
            Some(c) => c.nom_courant(champ),
            None => "une colonne par année".to_owned(),
        }
    }
}

impl ChampPret<'_> {
    /// How strongly a folded header claims the field; 0 if it does not. Of headers accepted, the
    /// first of the layout is the strongest; of words, the most numerous, in the shortest header.
    fn force(&self, entete: &str) -> Force {
        if entete.is_empty() {
            return 0;
        }
        let rang = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).min(999);
        if let Some(surcharge) = &self.surcharge {
            return if surcharge == entete { PAR_SURCHARGE } else { 0 };
        }
        if let Some(i) = self.entetes.iter().position(|e| e == entete) {
            return PAR_ENTETE + 999 - rang(i);
        }
        let mots: Vec<&str> = entete.split(' ').collect();
        let porte = |debut: &str| mots.iter().any(|m| m.starts_with(debut));
        let etranger = mots.iter().any(|m| self.etrangers.contains(m));
        if etranger || mots.len() > MOTS_MAX || self.sauf.iter().any(|s| porte(s)) {
            return 0;
        }
        let convient = |groupe: &&Vec<String>| match &self.admis {
            None => groupe.iter().all(|m| porte(m)),
            Some(admis) => mots::dit_seulement(entete, groupe, admis),
        };
        let trouve = self.contient.iter().filter(convient).map(Vec::len).max();
        trouve.map_or(0, |n| PAR_MOTS + 1000 * rang(n) + 999 - rang(mots.len()))
    }
}

impl ChampPret<'_> {
    /// True if the upper line of a header leaves to the lower one what it says of a count: « Enfants » does, « Familles
    /// monoparentales », « Places », « Enfants gardés par une AM » over « 0-2 ans » make another count of it.
    fn est_dit_sous(&self, haut: &str, bas: &str) -> bool {
        const QUI: [&str; 5] = ["enfant", "assist", "naiss", "benef", "am"];
        // Over a whole name, these say nothing against it.
        const DE_TOUS: [&str; 2] = ["population", "autres"];
        const SANS_PORTEE: [&str; 29] = [
            "enfant",
            "enfants",
            "petite",
            "enfance",
            "jeunes",
            "age",
            "ages",
            "tranche",
            "tranches",
            "comptage",
            "comptages",
            "commune",
            "mode",
            "modes",
            "demande",
            "par",
            "moins",
            "an",
            "ans",
            "revolu",
            "revolus",
            "allocataire",
            "allocataires",
            "couvert",
            "couverts",
            "residant",
            "residants",
            "domicilies",
            "connus",
        ];
        let mots = |texte: &str| texte.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let etranger =
            |mot: &String| self.etrangers.contains(&mot.as_str()) && !DE_TOUS.contains(&mot.as_str());
        if mots(haut).iter().any(etranger) {
            return false;
        }
        let dit_qui = bas
            .split(' ')
            .any(|mot| QUI.iter().any(|debut| mot == *debut || debut.len() > 2 && mot.starts_with(debut)));
        let locutions = self.contient.iter().chain(self.admis.iter().flatten()).flatten();
        let siens: Vec<String> =
            locutions.cloned().chain(self.entetes.iter().flat_map(|e| mots(e))).collect();
        dit_qui
            || haut.split(' ').all(|mot| {
                mots::est_sans_portee(mot)
                    || mot.parse::<u32>().is_ok()
                    || SANS_PORTEE.contains(&mot)
                    || siens.iter().any(|sien| sien == mot)
            })
    }
}

impl Reperage {
    /// The names of the columns if the header stood on these rows.
    fn lire(grille: &Grille, debut: usize, fin: usize) -> Self {
        let largeur = grille.colonnes.len();
        let bas: Vec<&str> = (0..largeur).map(|c| grille.cellule(fin - 1, c).unwrap_or_default()).collect();
        let haut = if fin == debut + 2 { ligne_du_haut(grille, debut, &bas) } else { vec![""; largeur] };
        let noms: Vec<String> = haut
            .iter()
            .zip(&bas)
            .map(|(h, b)| match (*h, *b) {
                (h, b) if h.is_empty() || h == b => b.to_owned(),
                (h, "") => h.to_owned(),
                (h, b) => format!("{h} {b}"),
            })
            .collect();
        let variantes = noms.iter().zip(&bas).map(|(n, b)| [plier_entete(n), plier_entete(b)]).collect();
        Self { note: 0, debut, fin, noms, variantes }
    }
}

/// A header without « N-1 », « N−3 ».
fn sans_rang_d_annee(entete: &str) -> String {
    let mut reste = entete.trim_start();
    if let Some(suite) = reste.strip_prefix(['N', 'n']) {
        let suite = suite.trim_start();
        let recul = suite.strip_prefix(['-', '−', '–']).map(str::trim_start);
        let chiffre = recul.and_then(|recul| recul.strip_prefix(|c: char| c.is_ascii_digit()));
        if let Some(apres) = chiffre.filter(|apres| !apres.starts_with(|c: char| c.is_alphanumeric())) {
            reste = apres;
        }
    }
    reste.to_owned()
}

/// What a header says beside its year.
pub(super) fn sans_annee(entete: &str, annee: i32) -> String {
    let entete = entete.strip_suffix(".0").unwrap_or(entete);
    let entier = entete.replace(&annee.to_string(), " ");
    if entier == entete {
        // « NAISD23 ».
        return entete.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    }
    // « N-3 (2022) »: how far a year is says nothing beside it.
    sans_rang_d_annee(&entier)
}

/// The upper line of a header on two lines. A merged cell covers its columns; where the format does
/// not tell, a cell covers the blank ones to its right as long as the lower line is filled, and
/// only if it has a lower line itself.
fn ligne_du_haut<'g>(grille: &'g Grille, rang: usize, bas: &[&str]) -> Vec<&'g str> {
    let numero = grille.lignes[rang];
    let etendues: Vec<&Etendue> = grille.etendues.iter().filter(|e| e.ligne == numero).collect();
    let mut report = "";
    (0..bas.len())
        .map(|c| {
            if let Some(propre) = grille.cellule(rang, c) {
                report = if bas[c].is_empty() { "" } else { propre };
                return propre;
            }
            if let Some(etendue) = etendues.iter().find(|e| (e.debut..=e.fin).contains(&c)) {
                return grille.cellule(rang, etendue.debut).unwrap_or_default();
            }
            if bas[c].is_empty() {
                report = "";
            }
            if etendues.is_empty() { report } else { "" }
        })
        .collect()
}

/// Without any field to recognise: the first row nearly as full as most rows are.
fn premiere_ligne_pleine(grille: &Grille, candidats: usize) -> Reperage {
    let remplies: Vec<usize> = (0..candidats).map(|r| grille.ligne(r).count()).collect();
    let mut triees = remplies.clone();
    triees.sort_unstable();
    let ordinaire = triees.get(candidats / 2).copied().unwrap_or(0);
    let debut = remplies.iter().position(|n| n * 4 >= ordinaire * 3).unwrap_or(0);
    let mut reperage = Reperage::lire(grille, debut, debut + 1);
    if continue_l_entete(grille, debut) {
        // One question, an option a column: « Question [option] », as the tools that write one line do.
        reperage = Reperage::lire(grille, debut, debut + 2);
        for (colonne, nom) in reperage.noms.iter_mut().enumerate() {
            if let Some(bas) = grille.cellule(debut + 1, colonne) {
                let haut = nom.strip_suffix(bas).unwrap_or_default().trim_end();
                *nom = if haut.is_empty() { bas.to_owned() } else { format!("{haut} [{bas}]") };
            }
        }
    }
    reperage.note = u32::try_from(remplies.get(debut).copied().unwrap_or(0)).unwrap_or(u32::MAX);
    reperage
}

/// True if the row below a header only fills columns that the header leaves blank, and those that begin them: a row of
/// data also fills the others.
fn continue_l_entete(grille: &Grille, haut: usize) -> bool {
    let blanche = |c: usize| c < grille.colonnes.len() && grille.cellule(haut, c).is_none();
    let mut bas = grille.ligne(haut + 1).peekable();
    haut + 2 < grille.hauteur()
        && bas.peek().is_some()
        && grille.ligne(haut + 1).any(|(c, _)| blanche(c))
        && bas.all(|(c, texte)| {
            // A cell merged downwards is on both lines.
            blanche(c) || blanche(c + 1) || grille.cellule(haut, c) == Some(texte)
        })
        && !ressemble_a_des_donnees(grille, haut + 1)
}

/// True if the only cell of a row stands over the first one of the row below: a title, though it names what is counted.
fn est_un_titre(grille: &Grille, rang: usize) -> bool {
    let mut cellules = grille.ligne(rang).map(|(colonne, _)| colonne);
    let (seule, autre) = (cellules.next(), cellules.next());
    let dessous: Vec<usize> = if rang + 1 < grille.hauteur() {
        grille.ligne(rang + 1).map(|(colonne, _)| colonne).collect()
    } else {
        Vec::new()
    };
    seule.is_some() && autre.is_none() && dessous.len() > 1 && dessous.first() == seule.as_ref()
}

/// True if two rows may be one header: neither looks like data, and the upper one is no lone title.
fn peut_etre_double(grille: &Grille, haut: usize) -> bool {
    haut + 1 < grille.hauteur()
        && grille.ligne(haut).nth(1).is_some()
        && !ressemble_a_des_donnees(grille, haut)
        && !ressemble_a_des_donnees(grille, haut + 1)
}

/// True if a cell of the row is a date, or a number that is no year.
fn ressemble_a_des_donnees(grille: &Grille, rang: usize) -> bool {
    grille
        .ligne(rang)
        .any(|(_, texte)| annee_d_entete(texte).is_none() && (nombre(texte).is_ok() || date(texte).is_ok()))
}

/// The cells of a row as a message may show them: those of a row of data, which may name people, are
/// masked.
pub(super) fn cellules_citables(grille: &Grille, rang: usize) -> Vec<String> {
    let donnees = ressemble_a_des_donnees(grille, rang);
    grille.ligne(rang).map(|(_, t)| if donnees { masquer(t) } else { t.to_owned() }).collect()
}

pub(super) fn position(colonne: usize) -> u32 {
    u32::try_from(colonne + 1).unwrap_or(u32::MAX)
}

/// `« A », « B »`: at most thirty, cut to sixty characters each.
pub fn citer<'t>(textes: impl Iterator<Item = &'t str>) -> String {
    let mut cites: Vec<String> = textes
        .take(31)
        .map(|t| {
            let t = t.split_whitespace().collect::<Vec<_>>().join(" ");
            if t.chars().count() > 60 {
                format!("« {}… »", t.chars().take(60).collect::<String>())
            } else {
                format!("« {t} »")
            }
        })
        .collect();
    if cites.len() > 30 {
        cites.truncate(30);
        cites.push("…".to_owned());
    }
    cites.join(", ")
}

/// The first texts, and « … » if there are more.
fn quelques_uns(textes: impl Iterator<Item = String>, combien: usize, liaison: &str) -> String {
    let mut cites: Vec<String> = textes.take(combien + 1).collect();
    if cites.len() > combien {
        cites.truncate(combien);
        cites.push("…".to_owned());
    }
    cites.join(liaison)
}

fn trouves(reperage: &Reperage) -> String {
    format!(
        "en-têtes trouvés : {}",
        citer(reperage.noms.iter().filter(|n| !n.is_empty()).map(String::as_str))
    )
}

/// ` (« Capacitée » ressemble à « capacite »)`, or nothing. `libre`: whether a column is none of another field.
fn ressemblance(acceptes: &[String], reperage: &Reperage, libre: &dyn Fn(usize) -> bool) -> String {
    let mut meilleure: Option<(f64, &str, &str)> = None;
    let colonnes = reperage.noms.iter().zip(&reperage.variantes).enumerate();
    let colonnes = colonnes.filter(|(rang, (nom, _))| !nom.is_empty() && libre(*rang));
    for (nom, [plie, _]) in colonnes.map(|(_, colonne)| colonne) {
        for accepte in acceptes {
            let note = strsim::jaro_winkler(plie, accepte);
            if note >= RESSEMBLANCE && meilleure.is_none_or(|(m, ..)| note > m) {
                meilleure = Some((note, nom, accepte));
            }
        }
    }
    meilleure.map_or_else(String::new, |(_, nom, accepte)| format!(" (« {nom} » ressemble à « {accepte} »)"))
}

/// The field of which an accepted header looks most like this one, if one does.
pub(super) fn plus_ressemblant<'c>(
    entete: &str,
    champs: impl Iterator<Item = (&'c str, &'c Champ)>,
) -> Option<&'c str> {
    let (plie, plie_entier) = (replier(entete), mots::plier_entete(entete));
    let note = |champ: &Champ| {
        let siens = replier(&champ.entetes.join(" "));
        let accepte = |accepte: &String| {
            let accepte = replier(accepte);
            // « Enfants 0-3 ans » is not « Enfants 3-5 ans », nor « Code IRIS » « Code Insee ».
            if nombres(&plie) != nombres(&accepte) || !dit_les_mots(&plie, &accepte) {
                return 0.0;
            }
            // A word more makes another count: « Enfants en Eaje < 3 ans », « AM actifs janv. 2024 ».
            if champ.motif == Genre::Compte && !dit_les_mots(&siens, &plie_entier) {
                return 0.0;
            }
            strsim::jaro_winkler(&plie, &accepte).max(mots_communs(&plie, &accepte))
        };
        champ.entetes.iter().map(accepte).fold(0.0, f64::max)
    };
    // « au » looks like « an », and nothing like a header.
    if plie.chars().count() < 3 {
        return None;
    }
    // What a layout says that a field is not is no advice. A year is no such word: the pipeline may name its column.
    let exclu = |champ: &Champ| {
        let sauf = champ.sauf.iter().map(|mot| replier(mot)).filter(|mot| mot.parse::<u32>().is_err());
        sauf.into_iter().any(|exclu| plie.split(' ').any(|mot| mot.starts_with(&exclu)))
    };
    let champs = champs.filter(|(_, champ)| !exclu(champ));
    let notes = champs.map(|(nom, champ)| (note(champ), nom)).filter(|(note, _)| *note >= RESSEMBLANCE);
    notes.reduce(|a, b| if b.0 > a.0 { b } else { a }).map(|(_, nom)| nom)
}

/// The ages of a label: years are none.
fn nombres(plie: &str) -> Vec<u32> {
    plie.split(' ').filter_map(|mot| mot.parse().ok()).filter(|n| *n < 1900).collect()
}

/// True if a text has, but for a letter or two, each long word of another one: that is what makes it.
fn dit_les_mots(plie: &str, accepte: &str) -> bool {
    let longs = accepte.split(' ').filter(|mot| mot.chars().count() > 3);
    let mut attendus = longs.filter(|mot| !plie.contains(*mot));
    attendus.all(|attendu| plie.split(' ').any(|mot| strsim::jaro_winkler(mot, attendu) >= RESSEMBLANCE))
}

/// Share of the words of the shorter text that the other holds, if it has at least two that are long.
pub fn mots_communs(a: &str, b: &str) -> f64 {
    let mots = |texte: &str| -> Vec<String> {
        texte.split(' ').filter(|m| m.chars().count() > 3).map(str::to_owned).collect()
    };
    let (a, b) = (mots(a), mots(b));
    let (court, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if court.len() < 2 {
        return 0.0;
    }
    court.iter().filter(|m| long.contains(m)).count() as f64 / court.len() as f64
}
