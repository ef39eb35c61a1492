//! `fiches/<code>-<nom>.pdf`: two A4 pages for each commune, for its mayor.

mod chiffres;
mod enquetes;
mod phrases;

use super::apparence::Role;
use super::carte::Voisinage;
use super::graphiques::{Image, Legende, Toile, Volet, Zone, largeur, serie_de, tracer_les_volets};
use super::look::{self, ESPACE_INSECABLE, Graisse};
use super::pages::{Base, Document, Illustration, Pdf, Releve, Tableau};
use super::{Contexte, ErreurLivrable, Livrable};
use crate::indicators::{Niveau, TableIndicateurs, indicateur};
use crate::parallele::en_parallele;
use crate::sources::valeurs::replier;
use crate::territory::CodeCommune;
use polars::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Pages of a fiche.
const PAGES: usize = 2;
/// Services listed on a fiche; how many more there are is said.
const SERVICES: usize = 14;
/// Longest text of a service, in characters.
const TEXTE_DE_SERVICE: usize = 150;
/// Size of a name of ordinary length, pt.
const CORPS_DU_NOM: f64 = 26.0;
/// Size of the tables, pt.
const CORPS_DES_TABLEAUX: f64 = 8.0;
/// Between the margins, mm.
const LARGEUR_UTILE: f64 = 178.0;
/// Height of the curves, mm.
const HAUTEUR_DES_COURBES: f64 = 48.0;
/// Room for a name, mm.
const LARGEUR_DU_NOM: f64 = 174.0;
/// Size of the letters of a second page, and of one that would not hold.
const ORDINAIRE: f64 = 1.0;
const DENSE: f64 = 0.88;
/// Most lines that a second page holds at its ordinary size: beyond, it is set dense without being tried. A mistake
/// costs time, or letters a little smaller than they need be.
const LIGNES: usize = 48;
/// Characters of a line of the services.
const LIGNE_DE_SERVICE: usize = 58;
/// The map of the fiche, and what it compares.
const CARTE: &str = "places_pour_100";

/// The fiches of the communes.
#[derive(Debug)]
pub(crate) struct Fiches;

/// One commune of the report.
struct Commune<'a> {
    contexte: &'a Contexte<'a>,
    code: String,
    nom: String,
}

/// What the template says.
#[derive(Debug, Serialize)]
struct Fiche {
    base: Base,
    /// Size of the letters of its second page: 1 is the ordinary one.
    taille: f64,
    /// True if its pages are shrunk until they hold.
    serree: bool,
    commune: String,
    code: String,
    territoire: String,
    annee: i32,
    jour: String,
    /// Size of the name, pt: a long one is set smaller.
    corps_du_nom: f64,
    cles: Vec<chiffres::Cle>,
    en_bref: Vec<String>,
    note: String,
    source: String,
    carte: Option<Illustration>,
    tendance: Option<Illustration>,
    besoin: Option<Illustration>,
    chiffres: Tableau,
    /// Widths of its columns, mm; none if it does not hold.
    largeurs: Vec<f64>,
    /// The column of the year of the report.
    colonne_forte: Option<usize>,
    offre: Tableau,
    enquetes: Tableau,
    services: Services,
    lecture: Vec<String>,
}

/// What the commune offers, as its fiche tells it.
#[derive(Debug, Default, Serialize)]
struct Services {
    lignes: Vec<(String, String)>,
    /// How many more there are, which find no room.
    autres: usize,
    source: String,
}

impl Fiche {
    fn regler(&mut self, taille: f64) {
        self.taille = taille;
        self.largeurs = self.chiffres.largeurs(CORPS_DES_TABLEAUX * taille, LARGEUR_UTILE);
    }

    /// About how many lines its second page has.
    fn lignes(&self) -> usize {
        let rangees = |t: &Tableau| t.groupes.iter().map(|g| 1 + g.lignes.len()).sum::<usize>();
        let services = self.services.lignes.iter();
        let services: usize = services
            .map(|(nom, valeur)| (nom.chars().count() + valeur.chars().count()).div_ceil(LIGNE_DE_SERVICE))
            .sum();
        let enquetes = rangees(&self.enquetes);
        let autour = if enquetes == 0 { 0 } else { 4 };
        rangees(&self.chiffres) + services.max(rangees(&self.offre)) + enquetes + autour
    }
}

impl Livrable for Fiches {
    fn nom(&self) -> &'static str {
        "fiches"
    }

    fn parties(&self, table: &TableIndicateurs) -> usize {
        table.nombre_de_lieux(Niveau::Commune)
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let communes: Vec<Commune<'_>> =
            communes_de(contexte).into_iter().map(|(code, nom)| Commune { contexte, code, nom }).collect();
        if communes.is_empty() {
            return Ok(Vec::new());
        }
        let chemin = dossier.join(self.nom());
        std::fs::create_dir_all(&chemin).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
        let voisinage = indicateur(CARTE).map(|i| Voisinage::new(contexte, i));
        let faites = en_parallele(&communes, |commune| {
            let relatif = Path::new(self.nom()).join(commune.fichier());
            let mut images = contexte.apparence.images();
            let mut fiche = commune.rediger(voisinage.as_ref(), &mut images)?;
            let recette = commune.document(&fiche, &images).recette()?;
            let pdf = contexte.reprises.obtenir(recette, || {
                Ok::<_, ErreurLivrable>(commune.composer(&mut fiche, &images)?.octets)
            })?;
            let chemin = dossier.join(&relatif);
            std::fs::write(&chemin, &*pdf).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
            contexte.avancement.dire(&format!("fiche de {}", commune.nom));
            Ok(relatif)
        });
        faites.into_iter().collect()
    }
}

/// The name of the file of a commune, in the folder of the fiches: `85003-aizenay.pdf`.
pub(super) fn fichier_de(code: &str, nom: &str) -> String {
    format!("{code}-{}.pdf", replier(nom).replace(' ', "-"))
}

/// Code and name of the communes that the table tells of in the year of the report, as one looks for them in a list.
pub(super) fn communes_de(contexte: &Contexte<'_>) -> Vec<(String, String)> {
    let mut communes = BTreeMap::new();
    for suivi in contexte.table.suivis() {
        let lieu = suivi.lieu();
        if lieu.niveau == Niveau::Commune
            && !communes.contains_key(&lieu.code)
            && suivi.annees().any(|annee| annee == contexte.annee)
        {
            communes.insert(lieu.code.clone(), lieu.nom.replace('\'', "’"));
        }
    }
    let mut communes: Vec<(String, String)> = communes.into_iter().collect();
    communes.sort_by_cached_key(|(code, nom)| (look::cle_alphabetique(nom), code.clone()));
    communes
}

impl Commune<'_> {
    /// `85003-aizenay.pdf`
    fn fichier(&self) -> String {
        fichier_de(&self.code, &self.nom)
    }

    fn lieu(&self) -> (Niveau, &str) {
        (Niveau::Commune, &self.code)
    }

    fn releve(&self) -> Releve<'_> {
        Releve::new(self.contexte, Niveau::Commune, &self.code)
    }

    fn document<'a>(
        &self,
        fiche: &'a Fiche,
        images: &BTreeMap<&'static str, Vec<u8>>,
    ) -> Document<'a, Fiche> {
        Document {
            modele: "fiche.typ",
            donnees: fiche,
            images: images.clone(),
            date: self.contexte.date,
            identifiant: format!("fiche {} {}", self.code, self.contexte.annee),
        }
    }

    /// Sets the fiche, smaller if it must be to hold: that is to set it again, and to shrink it until it holds is to
    /// set it again and again.
    fn composer(
        &self,
        fiche: &mut Fiche,
        images: &BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Pdf, ErreurLivrable> {
        let mut pages = 0;
        for (taille, serree) in [(ORDINAIRE, false), (DENSE, false), (DENSE, true)] {
            if taille > fiche.taille {
                continue;
            }
            fiche.regler(taille);
            fiche.serree = serree;
            let pdf = self.document(fiche, images).composer()?;
            if pdf.pages == PAGES {
                return Ok(pdf);
            }
            pages = pdf.pages;
        }
        let cause = format!("{pages} pages au lieu de {PAGES}");
        Err(ErreurLivrable::Page { nom: self.fichier(), cause })
    }

    fn rediger(
        &self,
        voisinage: Option<&Voisinage<'_>>,
        images: &mut BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Fiche, ErreurLivrable> {
        let contexte = self.contexte;
        let titre = format!("{}, fiche commune {}", self.nom, contexte.annee);
        let description = format!("L’accueil des moins de 3 ans à {}, {}", self.nom, contexte.territoire);
        let (cles, releve) = chiffres::cles(self.releve());
        let (en_bref, suite) = phrases::en_bref(self.releve(), &self.nom);
        let mut releve = releve;
        releve.joindre(suite);
        let chiffres = chiffres::evolution(self.releve());
        let besoin = self.besoin(images)?;
        let mut fiche = Fiche {
            base: Base::new(contexte, titre, description),
            taille: ORDINAIRE,
            serree: false,
            commune: self.nom.clone(),
            code: self.code.clone(),
            territoire: contexte.territoire.to_owned(),
            annee: contexte.annee,
            jour: look::date(contexte.date),
            corps_du_nom: corps_du_nom(&self.nom),
            cles,
            en_bref,
            note: releve.note(),
            source: releve.source(),
            carte: self.carte(voisinage, images)?,
            tendance: self
                .tendance(if besoin.is_some() { LARGEUR_UTILE * 0.64 } else { LARGEUR_UTILE }, images)?,
            besoin,
            colonne_forte: chiffres.entetes.iter().position(|e| *e == contexte.annee.to_string()),
            largeurs: Vec::new(),
            chiffres,
            offre: chiffres::offre_par_mode(self.releve()),
            enquetes: enquetes::tableau(self.releve()),
            services: self.services()?,
            lecture: phrases::comment_lire(&self.releve()),
        };
        fiche.regler(if fiche.lignes() > LIGNES { DENSE } else { ORDINAIRE });
        Ok(fiche)
    }

    fn carte(
        &self,
        voisinage: Option<&Voisinage<'_>>,
        images: &mut BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Option<Illustration>, ErreurLivrable> {
        let geo = self.code.parse::<CodeCommune>().ok().and_then(|c| self.contexte.geographie.commune(c));
        let Some((voisinage, geo)) = voisinage.zip(geo) else { return Ok(None) };
        let Some((image, montrees)) = voisinage.dessiner(geo)? else { return Ok(None) };
        let mut releve = self.releve();
        for figure in &montrees {
            releve.montrer("", figure);
        }
        images.insert("carte.svg", image.svg_pour_page().into_bytes());
        Ok(Some(Illustration::new("carte.svg", &image, releve.note(), releve.source())))
    }

    /// `largeur` in mm.
    fn tendance(
        &self,
        largeur: f64,
        images: &mut BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Option<Illustration>, ErreurLivrable> {
        let couleur = self.contexte.apparence.teintes().de(Role::Individuel);
        let volets = [
            ("Assistants maternels agréés", couleur, "am_agrees"),
            ("Places chez les assistants maternels", couleur, "am_places"),
        ];
        self.courbes(
            ("tendance.svg", largeur, HAUTEUR_DES_COURBES),
            "Les assistants maternels et leurs places",
            &volets,
            images,
        )
    }

    fn besoin(
        &self,
        images: &mut BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Option<Illustration>, ErreurLivrable> {
        let couleur = self.contexte.apparence.teintes().de(Role::Naissances);
        let volets = [("Naissances de l’année", couleur, "naissances")];
        self.courbes(
            ("besoin.svg", LARGEUR_UTILE * 0.33, HAUTEUR_DES_COURBES),
            "Les naissances",
            &volets,
            images,
        )
    }

    /// Series side by side; none if no value is known. Sizes in mm.
    fn courbes(
        &self,
        (nom, largeur, hauteur): (&'static str, f64, f64),
        titre: &str,
        volets: &[(&'static str, look::Couleur, &str)],
        images: &mut BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Option<Illustration>, ErreurLivrable> {
        let volets: Vec<Volet> = volets
            .iter()
            .map(|(titre, couleur, id)| {
                Volet::new(titre, *couleur, serie_de(self.contexte, self.lieu(), id, ""))
            })
            .filter(|volet| !volet.annees().is_empty())
            .collect();
        let axe: Vec<i32> = {
            let annees: BTreeSet<i32> = volets.iter().flat_map(Volet::annees).collect();
            annees.into_iter().collect()
        };
        let Some((premiere, derniere)) = axe.first().zip(axe.last()) else { return Ok(None) };
        let axe: Vec<i32> = (*premiere..=*derniere).collect();
        let mut toile = Toile::new(largeur, hauteur);
        let zone = Zone { gauche: 0.0, haut: 0.5, droite: largeur - 1.0, bas: hauteur };
        let dessines: Vec<(&Volet, &[i32])> = volets.iter().map(|v| (v, axe.as_slice())).collect();
        let mots = tracer_les_volets(&mut toile, zone, &dessines, false);
        let mut releve = self.releve();
        for volet in &volets {
            volet.figures_de(&axe).for_each(|(_, figure)| releve.montrer(volet.titre, figure));
        }
        let titre = format!("{titre}, {}", look::en_annees(&axe));
        let legende = Legende { titre, description: format!("{}. {}", self.nom, mots.join(" ")) };
        let image: Image = toile.terminer(nom, legende)?;
        images.insert(nom, image.svg_pour_page().into_bytes());
        let note = releve.note().replace("En italique", "Point creux et tirets");
        Ok(Some(Illustration::new(nom, &image, note, releve.source())))
    }

    /// What the file of services says of the commune, in its order.
    fn services(&self) -> Result<Services, ErreurLivrable> {
        let Some(services) = self.contexte.services else { return Ok(Services::default()) };
        let trame = services.trame();
        let texte = |nom: &str| trame.column(nom)?.str().cloned();
        let (codes, noms, valeurs, sources) =
            (texte("code")?, texte("service")?, texte("valeur")?, texte("source")?);
        let rangs: Vec<usize> =
            (0..trame.height()).filter(|rang| codes.get(*rang) == Some(self.code.as_str())).collect();
        let lire = |colonne: &StringChunked, rang: &usize| colonne.get(*rang).unwrap_or_default().to_owned();
        let ecrire = |colonne: &StringChunked, rang: &usize| lire(colonne, rang).replace('\'', "’");
        let citees: BTreeSet<String> = rangs
            .iter()
            .map(|rang| lire(&sources, rang))
            .map(|id| self.contexte.sources.get(&id).map_or(id, super::SourceCitee::en_clair))
            .collect();
        let source = match citees.len() {
            0 => String::new(),
            _ => format!(
                "Source{ESPACE_INSECABLE}: {}.",
                citees.into_iter().collect::<Vec<_>>().join("\u{202f}; ")
            ),
        };
        Ok(Services {
            lignes: rangs
                .iter()
                .take(SERVICES)
                .map(|rang| (ecrire(&noms, rang), abreger(&lier_les_heures(&ecrire(&valeurs, rang)))))
                .collect(),
            autres: rangs.len().saturating_sub(SERVICES),
            source,
        })
    }
}

/// « 7 h 30 » on one line.
fn lier_les_heures(texte: &str) -> String {
    let lettres: Vec<char> = texte.chars().collect();
    let a = |rang: Option<usize>| rang.and_then(|rang| lettres.get(rang)).copied().unwrap_or(' ');
    let chiffre = |rang: Option<usize>| a(rang).is_ascii_digit();
    let est_l_heure = |rang: usize| {
        let (avant, apres) = (rang.checked_sub(1), Some(rang + 1));
        let suit_le_nombre =
            chiffre(avant) && matches!(a(apres), 'h' | 'H') && !a(Some(rang + 2)).is_alphabetic();
        suit_le_nombre || matches!(a(avant), 'h' | 'H') && chiffre(apres)
    };
    let lier =
        |(rang, lettre): (usize, &char)| if *lettre == ' ' && est_l_heure(rang) { '\u{a0}' } else { *lettre };
    lettres.iter().enumerate().map(lier).collect()
}

/// The largest size, pt, at which a name holds on one line.
fn corps_du_nom(nom: &str) -> f64 {
    let mesure = largeur(nom, CORPS_DU_NOM, Graisse::Gras);
    CORPS_DU_NOM * (LARGEUR_DU_NOM / mesure).min(1.0)
}

/// A long text, cut at a word.
fn abreger(texte: &str) -> String {
    if texte.chars().count() <= TEXTE_DE_SERVICE {
        return texte.to_owned();
    }
    let debut: String = texte.chars().take(TEXTE_DE_SERVICE).collect();
    let coupe = debut.rsplit_once(' ').map_or(debut.as_str(), |(avant, _)| avant);
    format!("{}…", coupe.trim_end_matches([',', ';', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;
    use crate::indicators::Statut;

    /// The fiche of a commune of the essay, under a name of the test's choice.
    fn fiche(essai: &Essai, code: &str, nom: &str) -> Pdf {
        let contexte = essai.contexte();
        let commune = Commune { contexte: &contexte, code: code.to_owned(), nom: nom.to_owned() };
        let voisinage = indicateur(CARTE).map(|i| Voisinage::new(&contexte, i));
        let mut images = BTreeMap::new();
        let mut fiche = commune.rediger(voisinage.as_ref(), &mut images).unwrap();
        commune.composer(&mut fiche, &images).unwrap()
    }

    #[test]
    fn un_nom_n_est_jamais_du_balisage() {
        let nom = "#emph[x] $y$ <script> *z* \\ @w";
        let pdf = fiche(&Essai::new(), Essai::CONNUE, nom);
        assert!(pdf.texte.contains(nom), "{}", pdf.texte);
        let long = "Saint-Théodulphe-de-la-Bruyère-sous-Vendrelle-lès-Oux";
        assert!(fiche(&Essai::new(), Essai::CONNUE, long).texte.contains(long));
    }

    #[test]
    fn une_commune_dont_tout_est_retenu_a_sa_fiche() {
        let mut essai = Essai::new();
        essai.changer(
            |l| l.niveau == "commune",
            |l| {
                l.statut = Statut::Secret;
                l.valeur = None;
            },
        );
        let texte = fiche(&essai, Essai::CONNUE, "Aubeterre-sur-Vie").texte;
        assert!(texte.contains("s. : non diffusé (secret statistique)."), "{texte}");
        assert!(!texte.contains("En bref"), "aucune phrase sans chiffre");
        essai.retirer(|l| l.niveau == "commune");
        let texte = fiche(&essai, Essai::CONNUE, "Aubeterre-sur-Vie").texte;
        assert!(texte.contains("n.d. : non disponible."), "{texte}");
    }

    #[test]
    fn zero_et_un_se_disent_en_francais() {
        let texte = |nombre: f64| {
            let mut essai = Essai::new();
            essai.changer(
                |l| l.niveau == "commune" && l.indicateur == "am_agrees",
                move |l| l.valeur = Some(nombre),
            );
            fiche(&essai, Essai::CONNUE, "Aubeterre-sur-Vie").texte
        };
        assert!(texte(0.0).contains("la commune ne compte aucun assistant maternel agréé."));
        assert!(texte(1.0).contains("la commune compte 1 assistant maternel agréé."));
        let deux = texte(2.0);
        assert!(deux.contains("la commune compte 2 assistants maternels agréés."), "{deux}");
        assert!(deux.contains("On en comptait autant en 2019."), "{deux}");
    }

    #[test]
    fn ce_qui_est_retenu_toutes_les_annees_est_nomme_et_aucune_naissance_se_dit() {
        let mut essai = Essai::new();
        essai.par_commune("taux_activite", |poids| poids);
        essai.par_commune("enfants_0_2", |poids| 10.0 * poids);
        essai.changer(
            |l| l.niveau == "commune" && l.indicateur == "taux_activite",
            |l| (l.statut, l.valeur) = (Statut::Secret, None),
        );
        essai.changer(|l| l.niveau == "commune" && l.indicateur == "naissances", |l| l.valeur = Some(0.0));
        let texte = fiche(&essai, Essai::CONNUE, "Aubeterre-sur-Vie").texte;
        let nom = indicateur("taux_activite").unwrap().libelle;
        assert!(texte.contains("Non diffusés (s.) pour la commune"), "{texte}");
        assert!(texte.contains(nom), "{texte}");
        assert!(texte.contains("où il n’y a eu aucune naissance dans l’année"), "{texte}");
    }

    #[test]
    fn un_long_texte_se_coupe_a_un_mot() {
        let court = abreger(&"mot ".repeat(60));
        assert!(court.ends_with("mot…") && court.chars().count() <= TEXTE_DE_SERVICE + 1, "{court}");
        assert_eq!(abreger("Oui"), "Oui");
    }
}
