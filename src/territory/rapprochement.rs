//! From a commune as an office writes it to its code, or to a question for the person.
//!
//! Certainty comes from exact keys: a code, a name folded to what its spellings share. Likeness alone
//! only suggests, but for one rule that is narrow and told each time ([`Methode::Proche`]).

use super::cog::{Cog, SorteDeNom};
use super::nom::{cle_compacte, cle_sans_articles, separer_parentheses};
use super::{CodeCommune, Perimetre, cle_litterale, normaliser};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most candidates that a doubtful name is answered with.
const CANDIDATS: usize = 5;
/// A long name with this many typing errors may be recognised alone…
const LETTRES_POUR_UNE_FAUTE: usize = 8;
/// … and with two errors, from this length on…
const LETTRES_POUR_DEUX_FAUTES: usize = 12;
/// … if any other commune of the départements is at least that many errors farther away.
const ECART_AU_SUIVANT: usize = 3;

/// How a commune was found, from the surest to the least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Methode {
    /// The person said so, in the pipeline.
    Correspondance,
    /// Its code.
    Code,
    /// Its code, with the leading zero that a spreadsheet ate.
    CodeRepare,
    /// A former code, followed to today's through the movements of the COG.
    AncienCode,
    /// Its name.
    Nom,
    /// Its name, but for articles and « de ».
    NomSansArticles,
    /// A former name, or that of one of its déléguées or associées.
    AncienNom,
    /// A long name with one or two typing errors, like no other commune of the départements.
    Proche,
}

impl Methode {
    /// The method in French, for the log and the quality report.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Correspondance => "correspondance du pipeline",
            Self::Code => "code",
            Self::CodeRepare => "code, zéro initial rendu",
            Self::AncienCode => "ancien code",
            Self::Nom => "nom",
            Self::NomSansArticles => "nom, aux articles près",
            Self::AncienNom => "ancien nom ou commune déléguée",
            Self::Proche => "nom proche, faute de frappe probable",
        }
    }

    /// True if the person must be told, because the text was mended.
    pub fn est_a_signaler(self) -> bool {
        self == Self::Proche
    }
}

/// What a text was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rapprochement {
    /// One member of the territory.
    Certain {
        /// Its code of today.
        code: CodeCommune,
        /// How it was found.
        methode: Methode,
    },
    /// One commune that is not a member of the territory.
    HorsPerimetre {
        /// Its code.
        code: CodeCommune,
        /// Its name; empty if no COG is known.
        nom: String,
    },
    /// Several communes are possible, or one that is only near: most likely first, five at most.
    Douteux {
        /// Code and name of each.
        candidats: Vec<(CodeCommune, String)>,
    },
    /// No commune is like it.
    Inconnu,
    /// Neither name nor code.
    Vide,
}

/// The line to paste under `[correspondances]` in the pipeline, e.g. `"AIZENAIS" = "85003" # Aizenay`.
pub fn ligne_a_coller(texte: &str, code: CodeCommune, nom: &str) -> String {
    // A JSON string is a TOML string, but for one control character that TOML wants escaped.
    let cle = serde_json::Value::from(texte).to_string().replace('\u{7f}', "\\u007F");
    let commentaire: String = nom.chars().filter(|c| !c.is_control()).collect();
    format!("{cle} = \"{code}\" # {commentaire}")
}

/// How a name of the index names a commune, from the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Titre {
    /// Today's name of a member of the territory.
    Membre,
    /// Today's name of another commune of the départements.
    Voisin,
    /// A former name, or a déléguée, of either.
    Ancien,
}

/// The communes that a key can mean.
type Sens = BTreeMap<CodeCommune, Titre>;

/// A name to be compared with, letter by letter.
#[derive(Debug)]
struct Repere {
    compacte: String,
    lettres: Lettres,
    mots: BTreeSet<String>,
    code: CodeCommune,
    titre: Titre,
}

/// How often each letter stands in a name; the last place is for what is no letter from a to z.
#[derive(Debug, Clone, Copy)]
struct Lettres([u8; 27]);

impl Lettres {
    fn compter(compacte: &str) -> Self {
        let mut nombres = [0_u8; 27];
        for lettre in compacte.chars() {
            let rang = if lettre.is_ascii_lowercase() { usize::from(lettre as u8 - b'a') } else { 26 };
            nombres[rang] = nombres[rang].saturating_add(1);
        }
        Self(nombres)
    }

    /// At least that many errors lie between two names: each mends one letter too many and one too
    /// few at most. Spares most of the costly comparisons.
    fn fautes_au_moins(self, autre: Self) -> usize {
        let (mut en_trop, mut en_moins) = (0, 0);
        for (a, b) in self.0.iter().zip(autre.0) {
            en_trop += usize::from(a.saturating_sub(b));
            en_moins += usize::from(b.saturating_sub(*a));
        }
        en_trop.max(en_moins)
    }
}

/// How far a name is from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ecart {
    hors_perimetre: bool,
    fautes: usize,
    ancien: bool,
}

/// Recognises communes for one territory. Built once; a look-up of a known spelling costs a few hash
/// look-ups, whatever the size of the country.
#[derive(Debug)]
pub struct Rapprocheur<'a> {
    perimetre: &'a Perimetre,
    cog: Option<&'a Cog>,
    correspondances: HashMap<String, CodeCommune>,
    noms: HashMap<String, Sens>,
    compacts: HashMap<String, Sens>,
    sans_articles: HashMap<String, Sens>,
    reperes: Vec<Repere>,
}

impl<'a> Rapprocheur<'a> {
    /// For the members of a territory, whatever the date of their membership. Without a COG only
    /// their names and codes are known. `correspondances`: text of the files → code, from the
    /// pipeline; compared without regard to accents, case and punctuation.
    pub fn new(
        perimetre: &'a Perimetre,
        cog: Option<&'a Cog>,
        correspondances: &BTreeMap<String, CodeCommune>,
    ) -> Self {
        let mut noms: BTreeMap<String, Sens> = BTreeMap::new();
        let mut ajouter = |cle: String, code: CodeCommune, titre: Titre| {
            let place = noms.entry(cle).or_default().entry(code).or_insert(titre);
            *place = titre.min(*place);
        };
        let departements: BTreeSet<_> = perimetre.membres().iter().map(|m| m.code.departement()).collect();
        for membre in perimetre.membres() {
            ajouter(normaliser(&membre.nom), membre.code, Titre::Membre);
        }
        for (cle, codes) in cog.iter().flat_map(|cog| cog.anciens_noms()) {
            for (code, sorte) in codes {
                let membre = perimetre.membre(*code).is_some();
                let titre = match sorte {
                    SorteDeNom::Actuel if membre => Titre::Membre,
                    SorteDeNom::Actuel => Titre::Voisin,
                    SorteDeNom::Delegue | SorteDeNom::Ancien => Titre::Ancien,
                };
                if membre || departements.contains(code.departement()) {
                    ajouter(cle.clone(), *code, titre);
                }
            }
        }
        let reperes = noms
            .iter()
            .flat_map(|(cle, sens)| sens.iter().map(move |(code, titre)| Repere::new(cle, *code, *titre)))
            .collect();
        Self {
            perimetre,
            cog,
            correspondances: correspondances.iter().map(|(t, code)| (cle_litterale(t), *code)).collect(),
            compacts: regrouper(&noms, cle_compacte),
            sans_articles: regrouper(&noms, cle_sans_articles),
            noms: noms.into_iter().collect(),
            reperes,
        }
    }

    /// What the name, the code or both mean. In this order: the correspondances; the code; the name,
    /// exactly, then but for spaces and articles; near names. A code and a name that name two
    /// different communes make a doubt.
    pub fn rapprocher(&self, nom: Option<&str>, code: Option<&str>) -> Rapprochement {
        let rempli = |texte: &&str| !cle_litterale(texte).is_empty();
        let (nom, code) = (nom.filter(rempli), code.filter(rempli));
        if nom.is_none() && code.is_none() {
            return Rapprochement::Vide;
        }
        let voulue = |texte: &str| self.correspondances.get(&cle_litterale(texte)).copied();
        if let Some(voulue) = nom.and_then(voulue).or_else(|| code.and_then(voulue)) {
            return self.situer(voulue, |_| Methode::Correspondance).unwrap_or(Rapprochement::Inconnu);
        }
        match code.and_then(|code| self.par_code(code)) {
            Some(trouve) => nom.and_then(|nom| self.contredire(&trouve, nom)).unwrap_or(trouve),
            None => nom.map_or(Rapprochement::Inconnu, |nom| self.par_nom(nom)),
        }
    }

    fn par_code(&self, texte: &str) -> Option<Rapprochement> {
        let (lu, repare) = CodeCommune::lire(texte).ok()?;
        self.situer(lu, |actuel| match (repare, actuel == lu) {
            (_, false) => Methode::AncienCode,
            (true, true) => Methode::CodeRepare,
            (false, true) => Methode::Code,
        })
    }

    /// A code of any time, in or out of the territory; none if the COG does not know it.
    fn situer(&self, code: CodeCommune, methode: impl Fn(CodeCommune) -> Methode) -> Option<Rapprochement> {
        if self.est_membre(code) {
            return Some(Rapprochement::Certain { code, methode: methode(code) });
        }
        let Some(cog) = self.cog else { return Some(self.hors_perimetre(code)) };
        match cog.actuels(code).as_slice() {
            [] => None,
            [seule] if self.est_membre(*seule) => {
                Some(Rapprochement::Certain { code: *seule, methode: methode(*seule) })
            }
            [seule] => Some(self.hors_perimetre(*seule)),
            plusieurs => Some(self.douteux(plusieurs.iter().copied())),
        }
    }

    /// The doubt between the commune that a code gave and the member that the name is exactly that
    /// of, if they differ (a postcode in the column of the codes, a row shifted by one).
    fn contredire(&self, par_code: &Rapprochement, nom: &str) -> Option<Rapprochement> {
        let code = match par_code {
            Rapprochement::Certain { code, .. } | Rapprochement::HorsPerimetre { code, .. } => *code,
            _ => return None,
        };
        let cle = normaliser(nom);
        let mut membres = self.noms.get(&cle)?.iter().filter(|(_, titre)| **titre == Titre::Membre);
        let (membre, _) = membres.next()?;
        let nomme_la_meme = self.noms.get(&cle).is_some_and(|sens| sens.contains_key(&code))
            || self.cog.and_then(|cog| cog.anciens_noms().get(&cle)).is_some_and(|c| c.contains_key(&code));
        // Without a COG the name of a commune outside is not known: nothing contradicts it.
        let connue = self.est_membre(code) || self.cog.is_some();
        (connue && !nomme_la_meme).then(|| self.douteux([*membre, code]))
    }

    fn par_nom(&self, texte: &str) -> Rapprochement {
        let cle = normaliser(texte);
        if let Some(trouve) = self.par_cle(&cle) {
            return trouve;
        }
        if let Some((dehors, dedans)) = separer_parentheses(texte)
            && let Some(trouve) = self.par_cle_et_precisions(&normaliser(&dehors), &dedans)
        {
            return trouve;
        }
        if cle.is_empty() {
            return Rapprochement::Inconnu;
        }
        self.par_ressemblance(&cle)
    }

    /// A name followed by precisions in brackets: the name counts; a precision that names a member
    /// can only make a doubt of a name that names none.
    fn par_cle_et_precisions(&self, dehors: &str, dedans: &[String]) -> Option<Rapprochement> {
        let principal = self.par_cle(dehors);
        if matches!(principal, Some(Rapprochement::Certain { .. })) {
            return principal;
        }
        let precises: BTreeSet<_> = dedans
            .iter()
            .filter_map(|precision| match self.par_cle(&normaliser(precision)) {
                Some(Rapprochement::Certain { code, .. }) => Some(code),
                _ => None,
            })
            .collect();
        if precises.is_empty() {
            return principal;
        }
        let autres = match principal {
            Some(Rapprochement::HorsPerimetre { code, .. }) => vec![code],
            Some(Rapprochement::Douteux { candidats }) => candidats.into_iter().map(|(c, _)| c).collect(),
            _ => Vec::new(),
        };
        Some(self.douteux(precises.into_iter().chain(autres)))
    }

    /// A normalised name, exactly, then but for spaces, then but for articles.
    fn par_cle(&self, cle: &str) -> Option<Rapprochement> {
        if cle.is_empty() {
            return None;
        }
        if let Some(sens) = self.noms.get(cle) {
            let membres: Vec<_> =
                sens.iter().filter(|(_, titre)| **titre == Titre::Membre).map(|(code, _)| *code).collect();
            // The member wins over a former name elsewhere; two members of one name are a doubt.
            return Some(match membres.as_slice() {
                [] => self.choisir(sens, Methode::Nom),
                [seul] => Rapprochement::Certain { code: *seul, methode: Methode::Nom },
                plusieurs => self.douteux(plusieurs.iter().copied()),
            });
        }
        // A name that is exactly that of a commune elsewhere is not bent to fit one of here.
        if !self.communes_ailleurs(cle).is_empty() {
            return None;
        }
        let essais = [
            (&self.compacts, cle_compacte(cle), Methode::Nom),
            (&self.sans_articles, cle_sans_articles(cle), Methode::NomSansArticles),
        ];
        essais.iter().find_map(|(index, cle, methode)| Some(self.choisir(index.get(cle)?, *methode)))
    }

    /// The only commune of `sens`, or the doubt between them.
    fn choisir(&self, sens: &Sens, methode: Methode) -> Rapprochement {
        let mut voisins = sens.iter().filter(|(_, titre)| **titre == Titre::Voisin);
        match (sens.len(), sens.first_key_value()) {
            (1, Some((code, titre))) if self.est_membre(*code) => {
                let ancien = *titre == Titre::Ancien;
                let methode = if ancien { Methode::AncienNom } else { methode };
                Rapprochement::Certain { code: *code, methode }
            }
            (1, Some((code, _))) => self.hors_perimetre(*code),
            _ if sens.keys().any(|code| self.est_membre(*code)) => self.douteux(sens.keys().copied()),
            _ => match (voisins.next(), voisins.next()) {
                (Some((code, _)), None) => self.hors_perimetre(*code),
                _ => self.douteux(sens.keys().copied()),
            },
        }
    }

    /// No name is exactly this one in the départements: a commune elsewhere in France, a typing
    /// error, or something near.
    fn par_ressemblance(&self, cle: &str) -> Rapprochement {
        let ailleurs = self.communes_ailleurs(cle);
        let proches = self.proches(cle);
        if ailleurs.is_empty() {
            if let Some(code) = self.faute_de_frappe(cle, &proches) {
                return Rapprochement::Certain { code, methode: Methode::Proche };
            }
        } else if !proches.iter().any(|(_, ecart)| !ecart.hors_perimetre)
            && let [seule] = ailleurs.as_slice()
        {
            return self.hors_perimetre(*seule);
        }
        let proches = proches.into_iter().filter(|(_, ecart)| ecart.fautes <= tolerance(cle));
        let candidats: Vec<_> = proches.map(|(code, _)| code).chain(ailleurs).collect();
        if candidats.is_empty() { Rapprochement::Inconnu } else { self.douteux(candidats) }
    }

    /// Communes anywhere in France that have, or had, exactly this name.
    fn communes_ailleurs(&self, cle: &str) -> Vec<CodeCommune> {
        let codes = self.cog.and_then(|cog| cog.anciens_noms().get(cle));
        let actuelles = |sorte: &SorteDeNom| *sorte == SorteDeNom::Actuel;
        let Some(codes) = codes else { return Vec::new() };
        let seules: Vec<_> = codes.iter().filter(|(_, s)| actuelles(s)).map(|(code, _)| *code).collect();
        if seules.is_empty() { codes.keys().copied().collect() } else { seules }
    }

    /// The communes whose name is not too far, nearest first. One that shares all its words with what
    /// was written (or the other way round) counts as near whatever its length.
    fn proches(&self, cle: &str) -> Vec<(CodeCommune, Ecart)> {
        let compacte = cle_compacte(cle);
        let lettres = Lettres::compter(&compacte);
        let mots = mots_pleins(cle);
        let au_plus = tolerance(cle).max(2) + ECART_AU_SUIVANT;
        let mut ecarts: BTreeMap<CodeCommune, Ecart> = BTreeMap::new();
        for repere in &self.reperes {
            let memes_mots = repere.titre == Titre::Membre
                && !mots.is_empty()
                && !repere.mots.is_empty()
                && (mots.is_subset(&repere.mots) || repere.mots.is_subset(&mots));
            if !memes_mots && repere.lettres.fautes_au_moins(lettres) > au_plus {
                continue;
            }
            let fautes = strsim::osa_distance(&repere.compacte, &compacte);
            let fautes = if memes_mots { fautes.min(tolerance(cle)) } else { fautes };
            if fautes <= au_plus {
                let ecart = Ecart {
                    hors_perimetre: !self.est_membre(repere.code),
                    fautes,
                    ancien: repere.titre == Titre::Ancien,
                };
                let place = ecarts.entry(repere.code).or_insert(ecart);
                *place = ecart.min(*place);
            }
        }
        let mut proches: Vec<_> = ecarts.into_iter().collect();
        proches.sort_by_key(|(code, ecart)| (*ecart, *code));
        proches
    }

    /// The one member that this long name can only be a misspelling of. Needs a COG: without it the
    /// communes around, which could be meant as well, are not known.
    fn faute_de_frappe(&self, cle: &str, proches: &[(CodeCommune, Ecart)]) -> Option<CodeCommune> {
        self.cog?;
        let lettres = cle_compacte(cle).chars().count();
        let permises = match lettres {
            LETTRES_POUR_DEUX_FAUTES.. => 2,
            LETTRES_POUR_UNE_FAUTE.. => 1,
            _ => 0,
        };
        let (code, ecart) = proches.iter().min_by_key(|(_, ecart)| ecart.fautes)?;
        let seule =
            proches.iter().all(|(autre, e)| autre == code || e.fautes >= ecart.fautes + ECART_AU_SUIVANT);
        let nom_actuel = !ecart.ancien && !ecart.hors_perimetre;
        (nom_actuel && ecart.fautes <= permises && seule && self.est_bien_ecrit_a(*code, cle, ecart.fautes))
            .then_some(*code)
    }

    /// True if a name of today of the member is really that few letters away: sharing words makes
    /// near, not misspelt.
    fn est_bien_ecrit_a(&self, code: CodeCommune, cle: &str, fautes: usize) -> bool {
        let compacte = cle_compacte(cle);
        self.reperes.iter().any(|r| {
            r.code == code
                && r.titre == Titre::Membre
                && strsim::osa_distance(&r.compacte, &compacte) == fautes
        })
    }

    fn est_membre(&self, code: CodeCommune) -> bool {
        self.perimetre.membre(code).is_some()
    }

    fn nom(&self, code: CodeCommune) -> String {
        let membre = self.perimetre.membre(code).map(|m| m.nom.as_str());
        membre.or_else(|| self.cog.and_then(|cog| cog.nom(code))).unwrap_or_default().to_owned()
    }

    fn hors_perimetre(&self, code: CodeCommune) -> Rapprochement {
        Rapprochement::HorsPerimetre { code, nom: self.nom(code) }
    }

    fn douteux(&self, codes: impl IntoIterator<Item = CodeCommune>) -> Rapprochement {
        let mut vus = BTreeSet::new();
        let candidats = codes
            .into_iter()
            .filter(|code| vus.insert(*code))
            .take(CANDIDATS)
            .map(|code| (code, self.nom(code)))
            .collect();
        Rapprochement::Douteux { candidats }
    }
}

impl Repere {
    fn new(cle: &str, code: CodeCommune, titre: Titre) -> Self {
        let compacte = cle_compacte(cle);
        Self { lettres: Lettres::compter(&compacte), mots: mots_pleins(cle), compacte, code, titre }
    }
}

/// Errors up to which a name is proposed to the person: one in four letters, two at least.
fn tolerance(cle: &str) -> usize {
    (cle_compacte(cle).chars().count() / 4).max(2)
}

/// The words that say something: neither articles nor links, nor « saint » alone.
fn mots_pleins(cle: &str) -> BTreeSet<String> {
    const LIENS: [&str; 8] = ["sur", "sous", "en", "et", "aux", "saint", "sainte", "commune"];
    let plein = |mot: &&str| mot.chars().count() > 2 && !LIENS.contains(mot) && !["les", "des"].contains(mot);
    cle.split(' ').filter(plein).map(str::to_owned).collect()
}

/// The same index under coarser keys.
fn regrouper(noms: &BTreeMap<String, Sens>, cle: impl Fn(&str) -> String) -> HashMap<String, Sens> {
    let mut index: HashMap<String, Sens> = HashMap::new();
    for (nom, sens) in noms {
        let groupe = index.entry(cle(nom)).or_default();
        for (code, titre) in sens {
            let place = groupe.entry(*code).or_insert(*titre);
            *place = (*titre).min(*place);
        }
    }
    index
}

#[cfg(test)]
#[allow(clippy::print_stderr)]
mod tests {
    use super::*;
    use crate::sources::cog::{composition_epci, lire_cog};
    use crate::territory::Membre;
    use crate::territory::cog::{CommuneCog, Etat, Modification, Mouvement, TypeCommune};
    use chrono::NaiveDate;
    use proptest::prelude::*;
    use std::path::Path;

    fn code(texte: &str) -> CodeCommune {
        texte.parse().unwrap()
    }

    fn membre(code_: &str, nom: &str) -> Membre {
        Membre { code: code(code_), nom: nom.to_owned(), depuis: None, jusqu_a: None, population: None }
    }

    fn commune(code_: &str, nom: &str) -> CommuneCog {
        CommuneCog { type_commune: TypeCommune::Commune, code: code(code_), nom: nom.into(), parent: None }
    }

    fn territoire() -> Perimetre {
        Perimetre::new(
            "200072882",
            "Vie et Boulogne",
            vec![
                membre("85003", "Aizenay"),
                membre("85019", "Bellevigny"),
                membre("85055", "La Chapelle-Palluau"),
                membre("85169", "Palluau"),
                membre("85178", "Le Poiré-sur-Vie"),
                membre("85210", "Saint-Étienne-du-Bois"),
            ],
        )
    }

    fn cog() -> Cog {
        let deleguee = |code_: &str, nom: &str, parent: &str| CommuneCog {
            type_commune: TypeCommune::Deleguee,
            parent: Some(code(parent)),
            ..commune(code_, nom)
        };
        let etat = |code_: &str, nom: &str| {
            Some(Etat { type_commune: TypeCommune::Commune, code: code(code_), nom: nom.to_owned() })
        };
        let fusion = |avant: (&str, &str)| Mouvement {
            modification: Modification::CommuneNouvelle,
            date: NaiveDate::from_ymd_opt(2016, 1, 1).unwrap(),
            avant: etat(avant.0, avant.1),
            apres: etat("85019", "Bellevigny"),
        };
        let mut communes: Vec<_> =
            territoire().membres().iter().map(|m| commune(m.code.as_str(), &m.nom)).collect();
        communes.extend([
            commune("85191", "La Roche-sur-Yon"),
            commune("85213", "Saligny-la-Neuve"),
            commune("44109", "Nantes"),
            commune("16000", "Bellevignes"),
            deleguee("85019", "Belleville-sur-Vie", "85019"),
            deleguee("85272", "Saligny", "85019"),
        ]);
        let mouvements = [fusion(("85019", "Belleville-sur-Vie")), fusion(("85272", "Saligny"))];
        Cog::new(communes, mouvements, None)
    }

    fn juger(nom: &str, code: &str) -> Rapprochement {
        let (perimetre, cog) = (territoire(), cog());
        Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new()).rapprocher(Some(nom), Some(code))
    }

    fn certain(code_: &str, methode: Methode) -> Rapprochement {
        Rapprochement::Certain { code: code(code_), methode }
    }

    fn candidats(rapprochement: &Rapprochement) -> Vec<&str> {
        match rapprochement {
            Rapprochement::Douteux { candidats } => candidats.iter().map(|(c, _)| c.as_str()).collect(),
            autre => panic!("{autre:?} n’est pas un doute"),
        }
    }

    #[test]
    fn un_nom_se_reconnait_sous_ses_ecritures_de_bureau() {
        for (texte, attendu, methode) in [
            ("AIZENAY", "85003", Methode::Nom),
            ("85190 AIZENAY CEDEX", "85003", Methode::Nom),
            ("Poiré s/Vie (Le)", "85178", Methode::Nom),
            ("POIRE SUR VIE", "85178", Methode::NomSansArticles),
            ("chapelle palluau (la)", "85055", Methode::Nom),
            ("PALLUAU", "85169", Methode::Nom),
            ("St Etienne du Bois", "85210", Methode::Nom),
            ("Saint Etiennedu Bois", "85210", Methode::Nom),
            ("Saligny", "85019", Methode::AncienNom),
            ("BELLEVIGNY (SALIGNY ; BELLEVILLE)", "85019", Methode::Nom),
            ("Saint-Etiene-du-Bois", "85210", Methode::Proche),
        ] {
            assert_eq!(juger(texte, ""), certain(attendu, methode), "« {texte} »");
        }
    }

    #[test]
    fn un_code_se_reconnait_meme_ancien_ou_sans_son_zero() {
        assert_eq!(juger("", "85003"), certain("85003", Methode::Code));
        assert_eq!(juger("", "85272"), certain("85019", Methode::AncienCode));
        assert_eq!(
            juger("", "44109"),
            Rapprochement::HorsPerimetre { code: code("44109"), nom: "Nantes".to_owned() }
        );
        let perimetre = Perimetre::new("x", "Bresse", vec![membre("01001", "Alpha")]);
        let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
        assert_eq!(rapprocheur.rapprocher(None, Some("1001")), certain("01001", Methode::CodeRepare));
    }

    #[test]
    fn un_code_illisible_ou_inconnu_laisse_parler_le_nom() {
        assert_eq!(juger("Aizenay", "n.d."), certain("85003", Methode::Nom));
        assert_eq!(juger("Aizenay", "85999"), certain("85003", Methode::Nom));
        assert_eq!(juger("", "85999"), Rapprochement::Inconnu);
    }

    #[test]
    fn un_code_et_un_nom_qui_se_contredisent_font_un_doute() {
        assert_eq!(candidats(&juger("Palluau", "85003")), ["85169", "85003"]);
        assert_eq!(candidats(&juger("Palluau", "44109")), ["85169", "44109"]);
        assert_eq!(juger("Saligny", "85019"), certain("85019", Methode::Code));
    }

    #[test]
    fn rien_n_est_devine() {
        assert_eq!(candidats(&juger("Palluo", "")), ["85169"]);
        assert_eq!(candidats(&juger("Bellevignes", "")), ["85019", "16000"]);
        assert!(candidats(&juger("Chapelle", "")).contains(&"85055"));
        assert_eq!(juger("Zuydcoote", ""), Rapprochement::Inconnu);
        assert_eq!(juger(" ", ""), Rapprochement::Vide);
        assert_eq!(juger(" - ", ""), Rapprochement::Vide);
    }

    #[test]
    fn sans_cog_une_faute_de_frappe_reste_un_doute() {
        let perimetre = territoire();
        let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
        let trouve = rapprocheur.rapprocher(Some("Saint-Etiene-du-Bois"), None);
        assert_eq!(candidats(&trouve), ["85210"]);
    }

    #[test]
    fn une_commune_connue_d_ailleurs_est_hors_du_perimetre() {
        let hors =
            |code_: &str, nom: &str| Rapprochement::HorsPerimetre { code: code(code_), nom: nom.to_owned() };
        assert_eq!(juger("La Roche s/ Yon", ""), hors("85191", "La Roche-sur-Yon"));
        assert_eq!(juger("NANTES", ""), hors("44109", "Nantes"));
    }

    #[test]
    fn une_precision_entre_parentheses_ne_fait_qu_un_doute() {
        assert_eq!(candidats(&juger("La Tourerie (Aizenay)", "")), ["85003"]);
        assert_eq!(candidats(&juger("La Roche-sur-Yon (Aizenay)", "")), ["85003", "85191"]);
    }

    #[test]
    fn deux_membres_de_meme_nom_font_un_doute() {
        let perimetre = Perimetre::new("x", "x", vec![membre("01001", "Alpha"), membre("69001", "ALPHA")]);
        let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
        assert_eq!(candidats(&rapprocheur.rapprocher(Some("alpha"), None)), ["01001", "69001"]);
    }

    #[test]
    fn une_correspondance_l_emporte_et_se_colle_telle_quelle() {
        let (perimetre, cog) = (territoire(), cog());
        let texte = "le \"grand\" bourg\\";
        let ligne = ligne_a_coller(texte, code("85003"), "Aizenay");
        assert_eq!(ligne, r#""le \"grand\" bourg\\" = "85003" # Aizenay"#);
        let correspondances: BTreeMap<String, CodeCommune> = toml::from_str(&ligne).unwrap();
        let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &correspondances);
        let voulue = certain("85003", Methode::Correspondance);
        assert_eq!(rapprocheur.rapprocher(Some(texte), Some("85019")), voulue);
        assert_eq!(rapprocheur.rapprocher(Some("LE « GRAND » BOURG"), None), voulue);

        let ailleurs = BTreeMap::from([("Palluau".to_owned(), code("44109"))]);
        let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &ailleurs);
        assert!(matches!(rapprocheur.rapprocher(Some("PALLUAU"), None), Rapprochement::HorsPerimetre { .. }));
    }

    proptest! {
        #[test]
        fn chaque_nom_officiel_se_trouve_avec_certitude(
            noms in prop::collection::btree_set("(L'|La |Les )?[A-Z][a-zéèœ]{1,8}(-(sur|en|le|Saint|d')-?[A-Z][a-zç]{1,8})?", 1..20)
        ) {
            let mut cles = BTreeSet::new();
            let membres: Vec<_> = noms
                .iter()
                .filter(|nom| cles.insert(normaliser(nom)))
                .enumerate()
                .map(|(i, nom)| membre(&format!("{}", 10_000 + i), nom))
                .collect();
            let perimetre = Perimetre::new("x", "x", membres);
            let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
            for m in perimetre.membres() {
                for nom in [m.nom.clone(), m.nom.to_uppercase(), m.nom.replace('-', " ")] {
                    let trouve = rapprocheur.rapprocher(Some(&nom), None);
                    prop_assert_eq!(trouve, certain(m.code.as_str(), Methode::Nom));
                }
            }
        }

        #[test]
        fn aucun_texte_ne_fait_tomber_le_rapprochement(nom in "\\PC*", code in "\\PC{0,6}") {
            let trouve = juger(&nom, &code);
            if let Rapprochement::Douteux { candidats } = trouve {
                prop_assert!((1..=CANDIDATS).contains(&candidats.len()));
            }
        }
    }

    const PARTAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    /// The members of the two RPE of Artois; they are part of a larger EPCI.
    const ARTOIS: [&str; 40] = [
        "Auchy-au-Bois",
        "Blessy",
        "Bourecq",
        "Burbure",
        "Busnes",
        "Calonne-sur-la-Lys",
        "Cambrin",
        "Cuinchy",
        "Ecquedecques",
        "Estrée-Blanche",
        "Ferfay",
        "Festubert",
        "Givenchy-lès-la-Bassée",
        "Gonnehem",
        "Guarbecque",
        "Ham-en-Artois",
        "Isbergues",
        "La Couture",
        "Lambres",
        "Liettres",
        "Ligny-lès-Aire",
        "Lillers",
        "Linghem",
        "Locon",
        "Lorgies",
        "Mazinghem",
        "Mont-Bernanchon",
        "Neuve-Chapelle",
        "Norrent-Fontes",
        "Quernes",
        "Rely",
        "Richebourg",
        "Robecq",
        "Rombly",
        "Saint-Floris",
        "Saint-Hilaire-Cottes",
        "Saint-Venant",
        "Vieille-Chapelle",
        "Violaines",
        "Witternesse",
    ];

    fn cog_reel() -> Option<Cog> {
        let dossier = Path::new(PARTAGE).join("data/cog");
        if !dossier.exists() {
            eprintln!("SAUTÉ : {} est absent", dossier.display());
            return None;
        }
        let lu = lire_cog(&dossier.join("communes.csv"), &dossier.join("mouvements-communes.csv"), None);
        Some(lu.unwrap())
    }

    fn epci(siren: &str) -> Perimetre {
        composition_epci(&Path::new(PARTAGE).join("data/cog/epci_composition_2025.csv"), siren).unwrap()
    }

    /// The three territories of the documents, by the mark that opens their list of names.
    fn territoires() -> [(&'static str, Perimetre); 3] {
        let artois = epci("200072460")
            .membres()
            .iter()
            .filter(|m| ARTOIS.contains(&m.nom.as_str()))
            .cloned()
            .collect::<Vec<_>>();
        assert_eq!(artois.len(), ARTOIS.len());
        [
            ("Vie et Boulogne", epci("200072882")),
            ("Artois-Lys", Perimetre::new("rpe", "Artois-Lys Romane", artois)),
            ("Tonnerrois", epci("200039642")),
        ]
    }

    #[test]
    fn les_noms_imprimes_trouvent_tous_leur_commune() {
        let Some(cog) = cog_reel() else { return };
        let fautes = BTreeMap::from([
            ("ARTHONAY", "Arthonnay"),
            ("CRUZY LZE CHATEL", "Cruzy-le-Châtel"),
            ("Ligny-les-aire", "Ligny-lès-Aire"),
            ("Ligny-les-Aires", "Ligny-lès-Aire"),
            ("MONT BERNENCHON", "Mont-Bernanchon"),
            ("Calonne/lys", "Calonne-sur-la-Lys"),
            ("LAMBRES LEZ AIRE", "Lambres"),
            ("TANLAY (COMMISSEY ; SAINT MARTIN)", "Tanlay"),
        ]);
        let texte = std::fs::read_to_string(Path::new(PARTAGE).join("commune-names.txt")).unwrap();
        let territoires = territoires();
        let (mut courant, mut trouves) = (None, 0);
        for ligne in texte.lines().filter(|l| !l.trim().is_empty()) {
            if let Some(titre) = ligne.strip_prefix('#') {
                courant = territoires.iter().find(|(marque, _)| titre.contains(marque)).map(|(_, p)| p);
                continue;
            }
            let perimetre = courant.unwrap();
            let rapprocheur = Rapprocheur::new(perimetre, Some(&cog), &BTreeMap::new());
            let trouve = rapprocheur.rapprocher(Some(ligne), None);
            let Rapprochement::Certain { code, methode } = trouve else {
                panic!("« {ligne} » : {trouve:?}");
            };
            let officiel = &perimetre.membre(code).unwrap().nom;
            let attendu = fautes.get(ligne).copied().unwrap_or(ligne);
            assert_eq!(normaliser(officiel), normaliser(attendu), "« {ligne} »");
            let fautif =
                matches!(ligne, "ARTHONAY" | "CRUZY LZE CHATEL" | "Ligny-les-Aires" | "MONT BERNENCHON");
            assert_eq!(methode == Methode::Proche, fautif, "« {ligne} » : {methode:?}");
            trouves += 1;
        }
        assert_eq!(trouves, 116);
    }

    #[test]
    fn chaque_membre_des_territoires_se_trouve_par_son_nom_et_par_son_code() {
        let Some(cog) = cog_reel() else { return };
        for (_, perimetre) in territoires() {
            let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
            for m in perimetre.membres() {
                assert_eq!(
                    rapprocheur.rapprocher(Some(&m.nom), None),
                    certain(m.code.as_str(), Methode::Nom)
                );
                let code = m.code.to_string();
                assert_eq!(rapprocheur.rapprocher(None, Some(&code)), certain(&code, Methode::Code));
            }
        }
    }

    #[test]
    fn une_lettre_changee_ne_mene_jamais_a_une_autre_commune() {
        let Some(cog) = cog_reel() else { return };
        for (_, perimetre) in territoires() {
            let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
            for m in perimetre.membres() {
                let lettres: Vec<char> = m.nom.chars().collect();
                for i in (0..lettres.len()).step_by(2) {
                    let mut faute = lettres.clone();
                    if i % 4 == 0 {
                        faute.remove(i);
                    } else {
                        faute[i] = 'x';
                    }
                    let faute: String = faute.into_iter().collect();
                    if let Rapprochement::Certain { code, methode } =
                        rapprocheur.rapprocher(Some(&faute), None)
                    {
                        assert_eq!(code, m.code, "« {faute} » par {methode:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn une_commune_d_ailleurs_n_est_jamais_prise_pour_un_membre_par_ressemblance() {
        let Some(cog) = cog_reel() else { return };
        for (_, perimetre) in territoires() {
            let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
            for (_, nom) in cog.communes().filter(|(c, _)| perimetre.membre(*c).is_none()).step_by(97) {
                let trouve = rapprocheur.rapprocher(Some(nom), None);
                let devine = matches!(
                    trouve,
                    Rapprochement::Certain { methode: Methode::Proche | Methode::NomSansArticles, .. }
                );
                assert!(!devine, "« {nom} » : {trouve:?}");
            }
        }
    }
}
