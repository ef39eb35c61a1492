//! From a commune as an office writes it to its code, or to a question for the person.
//!
//! Certainty comes from exact keys: a code, a name folded to what its spellings share. Likeness alone
//! only suggests, but for one rule that is narrow and told each time ([`Methode::Proche`]).

mod ressemblance;
#[cfg(test)]
mod tests;

use super::cog::{Cog, SorteDeNom};
use super::nom::{cle_compacte, cle_sans_articles, separer_parentheses};
use super::{CodeCommune, Perimetre, cle_litterale, departements, normaliser};
use chrono::NaiveDate;
use ressemblance::{Repere, tolerance};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most candidates that a doubtful name is answered with.
const CANDIDATS: usize = 5;
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

/// Recognises communes for one territory. Built once; a look-up of a known spelling costs a few hash
/// look-ups, whatever the size of the country.
#[derive(Debug)]
pub struct Rapprocheur<'a> {
    perimetre: &'a Perimetre,
    cog: Option<&'a Cog>,
    correspondances: HashMap<String, CodeCommune>,
    /// The same, folded as names are: none that two lines tell apart.
    noms_dits: HashMap<String, Option<CodeCommune>>,
    noms: HashMap<String, Sens>,
    compacts: HashMap<String, Sens>,
    sans_articles: HashMap<String, Sens>,
    reperes: Vec<Repere>,
    /// Communes of elsewhere that the perimeter names, where there is no COG.
    voisines: HashMap<String, Vec<CodeCommune>>,
}

impl<'a> Rapprocheur<'a> {
    /// For the members of a territory, whatever the date of their membership. Without a COG only
    /// their names and codes are known, and the names of those around that the perimeter tells. `correspondances`: text of the files → code, from the
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
        let mut voisines: HashMap<String, Vec<CodeCommune>> = HashMap::new();
        for (code, nom) in perimetre.voisines().iter().filter(|_| cog.is_none()) {
            voisines.entry(normaliser(nom)).or_default().push(*code);
        }
        let mut noms_dits: HashMap<String, Option<CodeCommune>> = HashMap::new();
        for (texte, code) in correspondances {
            let dit = noms_dits.entry(normaliser(texte)).or_insert(Some(*code));
            *dit = dit.filter(|dit| dit == code);
        }
        Self {
            perimetre,
            cog,
            voisines,
            noms_dits,
            correspondances: correspondances.iter().map(|(t, code)| (cle_litterale(t), *code)).collect(),
            compacts: regrouper(&noms, cle_compacte),
            sans_articles: regrouper(&noms, cle_sans_articles),
            noms: noms.into_iter().collect(),
            reperes,
        }
    }

    /// What the name, the code or both mean. In this order: the correspondances; the code; the name,
    /// exactly, then but for spaces and articles; near names. A code and a name that name two
    /// different communes make a doubt; a name of a part of the commune of the code says that the row is of that part.
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
            Some(trouve) => {
                let precise = |nom| self.contredire(&trouve, nom).or_else(|| self.preciser(&trouve, nom));
                nom.and_then(precise).unwrap_or(trouve)
            }
            None => nom.map_or(Rapprochement::Inconnu, |nom| self.par_nom(nom)),
        }
    }

    /// How many communes the territory has, whatever the date of their membership.
    pub fn communes(&self) -> usize {
        self.perimetre.membres().len()
    }

    /// The other communes of today that were one with this one on that day.
    pub fn scindee_apres(&self, code: CodeCommune, jour: NaiveDate) -> Vec<CodeCommune> {
        self.cog.map(|cog| cog.scindee_apres(code, jour)).unwrap_or_default()
    }

    /// The other communes that ended as a part of this one after a day, up to another.
    pub fn entrees_dans(&self, code: CodeCommune, apres: NaiveDate, fin: NaiveDate) -> BTreeSet<CodeCommune> {
        self.cog.map(|cog| cog.entrees_dans(code, apres, fin)).unwrap_or_default()
    }

    /// The communes of today that several communes of a day have become, and those.
    pub fn reunies_depuis(&self, jour: NaiveDate) -> BTreeMap<CodeCommune, BTreeSet<CodeCommune>> {
        self.cog.map(|cog| cog.reunies_depuis(jour)).unwrap_or_default()
    }

    /// `Aizenay (85003)`; `la commune 85003` for one that is no more.
    pub fn nommer(&self, code: CodeCommune) -> String {
        match self.nom(code) {
            nom if nom.is_empty() => format!("la commune {code}"),
            nom => format!("{nom} ({code})"),
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

    /// The part of a commune that a name is of, beside today's code of the whole: « 85019 Saligny ».
    fn preciser(&self, par_code: &Rapprochement, nom: &str) -> Option<Rapprochement> {
        let Rapprochement::Certain { code, methode: Methode::Code | Methode::CodeRepare } = par_code else {
            return None;
        };
        let sorte = *self.cog?.anciens_noms().get(&normaliser(nom))?.get(code)?;
        let methode = Methode::AncienNom;
        (sorte == SorteDeNom::Delegue).then_some(Rapprochement::Certain { code: *code, methode })
    }

    /// A name; beside that of another département, « Apremont (Oise) », it may be of a commune of there.
    fn par_nom(&self, texte: &str) -> Rapprochement {
        let precisions = separer_parentheses(texte).map(|(_, dedans)| dedans).unwrap_or_default();
        match self.par_nom_et_precisions(texte) {
            Rapprochement::Certain { code, .. }
                if precisions
                    .iter()
                    .filter_map(|precision| departements::lire(precision))
                    .any(|departement| !code.as_str().starts_with(departement)) =>
            {
                self.douteux([code])
            }
            trouve => trouve,
        }
    }

    fn par_nom_et_precisions(&self, texte: &str) -> Rapprochement {
        let cle = normaliser(texte);
        if let Some(trouve) = self.par_cle(&cle) {
            return trouve;
        }
        // « St Sulpice », where the pipeline says « Saint-Sulpice ».
        if let Some(dit) = self.noms_dits.get(&cle).copied().flatten().filter(|_| !cle.is_empty()) {
            return self.situer(dit, |_| Methode::Correspondance).unwrap_or(Rapprochement::Inconnu);
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
            _ if sens.keys().any(|code| self.est_membre(*code)) => {
                let (membres, autres): (Vec<_>, Vec<_>) =
                    sens.keys().copied().partition(|code| self.est_membre(*code));
                self.douteux(membres.into_iter().chain(autres))
            }
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
        if let Some(voisines) = self.voisines.get(cle) {
            return voisines.clone();
        }
        let codes = self.cog.and_then(|cog| cog.anciens_noms().get(cle));
        let actuelles = |sorte: &SorteDeNom| *sorte == SorteDeNom::Actuel;
        let Some(codes) = codes else { return Vec::new() };
        let seules: Vec<_> = codes.iter().filter(|(_, s)| actuelles(s)).map(|(code, _)| *code).collect();
        if seules.is_empty() { codes.keys().copied().collect() } else { seules }
    }

    fn est_membre(&self, code: CodeCommune) -> bool {
        self.perimetre.membre(code).is_some()
    }

    fn nom(&self, code: CodeCommune) -> String {
        let membre = self.perimetre.membre(code).map(|m| m.nom.as_str());
        let voisine =
            || self.perimetre.voisines().iter().find(|(autre, _)| *autre == code).map(|(_, nom)| &**nom);
        membre
            .or_else(|| self.cog.and_then(|cog| cog.nom(code)))
            .or_else(voisine)
            .unwrap_or_default()
            .to_owned()
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
