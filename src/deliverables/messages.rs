//! Sentences made of figures: titles that say what a figure says, and no more.
//!
//! Each function is pure and gives none when the figure is missing or withheld. None names a cause; a change
//! is a difference between two dates, never a trend; an estimate is called one, or not compared.

use super::look::{self, ESPACE_INSECABLE};
use crate::indicators::{Figure, Statut};

/// A noun, in the singular and in the plural.
pub type Noms = (&'static str, &'static str);

fn connue(figure: &Figure) -> Option<f64> {
    figure.valeur.filter(|_| figure.statut.est_connu())
}

/// What a reader must know of the figure to read the sentence: an estimate, a sum that lacks communes.
fn reserve(figure: &Figure) -> String {
    let partielle = figure.parties < figure.parties_attendues;
    let communes = format!(
        "{} sur {}",
        look::compter(f64::from(figure.parties), "commune", "communes"),
        figure.parties_attendues
    );
    match (figure.statut == Statut::Estime, partielle) {
        (false, false) => String::new(),
        (true, false) => " (valeur estimée)".to_owned(),
        (false, true) => format!(" ({communes})"),
        (true, true) => format!(" (valeur estimée, {communes})"),
    }
}

/// « un an », « cinq ans », « 12 ans ».
fn duree(ans: i32) -> String {
    const MOTS: [&str; 11] =
        ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"];
    let nombre = usize::try_from(ans).ok().and_then(|n| MOTS.get(n)).map(ToString::to_string);
    let nom = if ans.abs() < 2 { "an" } else { "ans" };
    format!("{}{ESPACE_INSECABLE}{nom}", nombre.unwrap_or_else(|| ans.to_string()))
}

/// « de » or « d’ », before a noun.
fn de(nom: &str) -> String {
    let voyelle = nom.chars().next().is_some_and(|c| "aeiouyéèêàâîôûh".contains(c.to_ascii_lowercase()));
    if voyelle { format!("d’{nom}") } else { format!("de {nom}") }
}

/// « 312 assistants maternels agréés en 2024 », « Aucune place libre en 2024 ».
pub fn effectif(figure: &Figure, noms: Noms, aucun: &str) -> Option<String> {
    let valeur = connue(figure)?;
    let compte =
        if valeur == 0.0 { format!("{aucun} {}", noms.0) } else { look::compter(valeur, noms.0, noms.1) };
    Some(format!("{compte} en {}{}", figure.annee, reserve(figure)))
}

/// « Le nombre d’assistants maternels a diminué de 95 en cinq ans (407 en 2019). »
pub fn depuis(avant: f64, apres: f64, (annee, ans): (i32, i32), noms: Noms) -> String {
    let ecart = apres - avant;
    if ecart == 0.0 {
        return format!("On en comptait autant en {annee}.");
    }
    format!(
        "Le nombre {} a {} de {} en {} ({} en {annee}).",
        de(noms.1),
        if ecart < 0.0 { "diminué" } else { "augmenté" },
        look::nombre(ecart.abs(), 0),
        duree(ans),
        look::nombre(avant, 0)
    )
}

/// « 28 arrivées par an », « aucune arrivée » of a scenario of the projection.
pub fn arrivees_par_an(arrivees: &Figure) -> Option<String> {
    let nombre = connue(arrivees)?;
    Some(match nombre.round() {
        _ if nombre == 0.0 => "aucune arrivée".to_owned(),
        0.0 => "moins d’une arrivée par an".to_owned(),
        arrondi => format!("{} par an", look::compter(arrondi, "arrivée", "arrivées")),
    })
}

/// Childminders under whom one who stops is a large part of a projection.
const PEU: f64 = 30.0;

/// What is said under a projection of few childminders; nothing where they are more.
pub fn reserve_de_projection(agrees: Option<&Figure>) -> &'static str {
    match agrees.and_then(connue) {
        Some(nombre) if nombre < PEU => {
            "Moins de 30\u{a0}assistants maternels\u{a0}: une seule arrivée, un seul départ change beaucoup cette projection, ne décidez rien d’après elle seule."
        }
        _ => "",
    }
}

/// How often an interval of a projection holds, if it tells the truth.
const PART_DES_BORNES: f64 = 0.9;

/// What is said beside the bounds of a projection: how many times the same method's held, of the years already seen.
pub fn tenue_de_la_projection(controle: Option<&Figure>) -> String {
    let Some((justes, tous)) = controle.and_then(|f| connue(f).and(f.numerateur.zip(f.denominateur))) else {
        return String::new();
    };
    let fois = |n: f64| look::compter(n, "fois", "fois");
    let vu = if justes == 0.0 {
        format!("n’a jamais vu l’effectif entre ses bornes{ESPACE_INSECABLE}: elles sont trop étroites")
    } else if justes < PART_DES_BORNES * tous {
        format!(
            "n’a vu l’effectif entre ses bornes que {}{ESPACE_INSECABLE}: elles peuvent être trop étroites",
            fois(justes)
        )
    } else if justes < tous {
        format!("a vu l’effectif entre ses bornes {}", fois(justes))
    } else {
        "a toujours vu l’effectif entre ses bornes".to_owned()
    };
    format!("La même méthode, essayée {} sur les années passées, {vu}.", fois(tous))
}

/// « 95 assistants maternels de moins en cinq ans ». `ecart` is counted at constant perimeter; none if it
/// is an estimate.
pub fn evolution(ecart: &Figure, ans: i32, noms: Noms) -> Option<String> {
    let valeur = connue(ecart).filter(|_| ecart.statut == Statut::Observe && ans > 0)?;
    let partielle = reserve(ecart);
    Some(if valeur == 0.0 {
        format!("Autant {} qu’il y a {}{partielle}", de(noms.1), duree(ans))
    } else {
        let sens = if valeur < 0.0 { "de moins" } else { "de plus" };
        format!("{} {sens} en {}{partielle}", look::compter(valeur.abs(), noms.0, noms.1), duree(ans))
    })
}

/// « 32,7 % des places collectives ont un tarif selon les revenus en 2024 ».
pub fn part(figure: &Figure, propos: &str) -> Option<String> {
    let valeur = connue(figure)?;
    Some(format!("{} {propos} en {}{}", look::pourcent(valeur, 1), figure.annee, reserve(figure)))
}

/// « 48 départs et 12 arrivées d’assistants maternels en 2023 ». `ecart`: what their number changed by in the year, if
/// it is known: it contradicts that nobody came or left.
pub fn flux(arrivees: &Figure, departs: &Figure, ecart: Option<&Figure>) -> Option<String> {
    let (venus, partis) = (connue(arrivees)?, connue(departs)?);
    let reserve = [departs, arrivees].map(reserve).into_iter().find(|r| !r.is_empty()).unwrap_or_default();
    let annee = departs.annee;
    if venus == 0.0 && partis == 0.0 {
        return Some(match ecart.and_then(connue).filter(|ecart| *ecart != 0.0) {
            None => format!("Ni arrivée ni départ d’assistants maternels en {annee}{reserve}"),
            Some(ecart) => format!(
                "Ni arrivée ni départ connus en {annee}{reserve}, et pourtant {}{ESPACE_INSECABLE}{} {}",
                look::nombre(ecart.abs(), 0),
                if ecart.abs() < 2.0 { "assistant maternel" } else { "assistants maternels" },
                if ecart < 0.0 { "de moins" } else { "de plus" }
            ),
        });
    }
    let partis = look::compter_ou_aucun(partis, "aucun", "départ", "départs");
    let venus = look::compter_ou_aucun(venus, "aucune", "arrivée", "arrivées");
    Some(capitale(&format!("{partis} et {venus} d’assistants maternels en {annee}{reserve}")))
}

/// « 97,5 places d’accueil pour 100 enfants de moins de 3 ans en 2024 ».
pub fn rapport(figure: &Figure) -> Option<String> {
    let valeur = connue(figure)?;
    let noms = if valeur < 2.0 { "place d’accueil" } else { "places d’accueil" };
    Some(format!(
        "{}{ESPACE_INSECABLE}{noms} pour 100{ESPACE_INSECABLE}enfants de moins de 3{ESPACE_INSECABLE}ans en {}{}",
        look::nombre(valeur, 1),
        figure.annee,
        reserve(figure)
    ))
}

/// Fewest persons that a rate of a title divides by: one place more for five children is twenty points.
const BASE: f64 = 20.0;

/// « De 45,5 à 140,2 places pour 100 enfants selon les communes ». Of at least two communes; those of fewer than
/// twenty `parmi` are left out, and it is said.
pub fn etendue(figures: &[Figure], propos: &str, parmi: &str) -> Option<String> {
    let est_large = |f: &&Figure| f.denominateur.is_none_or(|base| base >= BASE);
    let connues: Vec<f64> = figures.iter().filter(est_large).filter_map(connue).collect();
    if connues.len() < 2 {
        return None;
    }
    let toutes = figures.iter().filter_map(connue).count() == connues.len();
    let communes = if toutes {
        "selon les communes".to_owned()
    } else {
        format!("dans les communes {} ou plus", de(&look::compter(BASE, parmi, parmi)))
    };
    let bas = connues.iter().copied().fold(f64::MAX, f64::min);
    let haut = connues.iter().copied().fold(f64::MIN, f64::max);
    let ecrire = |v: f64| look::nombre(v, 0);
    Some(if ecrire(bas) == ecrire(haut) {
        format!("{} {propos} {communes}", ecrire(bas)).replace("selon les communes", "dans chaque commune")
    } else {
        format!("De {} à {} {propos} {communes}", ecrire(bas), ecrire(haut))
    })
}

/// « 3 communes sans assistant maternel agréé en 2024 ».
pub fn communes(figure: &Figure, propos: &str) -> Option<String> {
    effectif(figure, ("commune", "communes"), "Aucune")
        .map(|texte| texte.replacen(" en ", &format!(" {propos} en "), 1))
}

/// The scenarios of a projection that a title may tell, the one that is nearest to what is seen first; and what they
/// begin with.
pub const SCENARIOS: [(&str, &str); 2] = [
    ("tendance", "Au rythme des arrivées observées, il y aurait"),
    ("sans_renouvellement", "Si personne n’arrivait, il resterait"),
];

/// « Si personne n’arrivait, il resterait entre 141 et 175 assistants maternels en 2034 ». An interval, not one number.
pub fn projection(debut: &str, bas: &Figure, haut: &Figure, noms: Noms) -> Option<String> {
    let (b, h) = (connue(bas)?, connue(haut)?);
    let entre = if look::nombre(b, 0) == look::nombre(h, 0) {
        look::compter(b, noms.0, noms.1)
    } else {
        format!("entre {} et {}", look::nombre(b, 0), look::compter(h, noms.0, noms.1))
    };
    Some(format!("{debut} {entre} en {}", haut.annee))
}

/// « 8,42 sur 10 : la note moyenne de 101 répondants ».
pub fn moyenne(figure: &Figure, sur: i32) -> Option<String> {
    let (note, combien) = (connue(figure)?, figure.denominateur?);
    Some(format!(
        "{} sur {sur}{ESPACE_INSECABLE}: la note moyenne de {}",
        look::nombre(note, 2),
        look::compter(combien, "répondant", "répondants")
    ))
}

fn capitale(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres.next().map_or_else(String::new, |c| c.to_uppercase().chain(lettres).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AM: Noms = ("assistant maternel", "assistants maternels");

    fn figure(valeur: f64) -> Figure {
        Figure {
            annee: 2024,
            date_observation: None,
            valeur: Some(valeur),
            numerateur: None,
            denominateur: None,
            statut: Statut::Observe,
            parties: 15,
            parties_attendues: 15,
            sources: "".into(),
        }
    }

    fn tue(statut: Statut) -> Figure {
        Figure { valeur: None, statut, ..figure(0.0) }
    }

    #[test]
    fn quatre_vingt_quinze_de_moins_en_cinq_ans() {
        let dit = |v: f64, ans| evolution(&figure(v), ans, AM).unwrap();
        assert_eq!(dit(-95.0, 5), "95\u{a0}assistants maternels de moins en cinq\u{a0}ans");
        assert_eq!(dit(-1.0, 1), "1\u{a0}assistant maternel de moins en un\u{a0}an");
        assert_eq!(dit(2.0, 12), "2\u{a0}assistants maternels de plus en 12\u{a0}ans");
        assert_eq!(dit(0.0, 5), "Autant d’assistants maternels qu’il y a cinq\u{a0}ans");
        assert_eq!(
            evolution(&figure(0.0), 3, ("place", "places")).unwrap(),
            "Autant de places qu’il y a trois\u{a0}ans"
        );
    }

    #[test]
    fn ce_qui_manque_ou_se_tait_ne_se_dit_pas() {
        for statut in [Statut::NonDisponible, Statut::Secret, Statut::SecretSource, Statut::SansObjet] {
            let rien = tue(statut);
            assert_eq!(effectif(&rien, AM, "Aucun"), None);
            assert_eq!(evolution(&rien, 5, AM), None);
            assert_eq!(part(&rien, "des places"), None);
            assert_eq!(flux(&figure(1.0), &rien, None), None);
            assert_eq!(flux(&rien, &figure(1.0), None), None);
            assert_eq!(rapport(&rien), None);
            assert_eq!(projection(SCENARIOS[0].1, &rien, &figure(2.0), AM), None);
            assert_eq!(moyenne(&rien, 10), None);
            assert_eq!(communes(&rien, "sans offre"), None);
            assert_eq!(etendue(&[rien, figure(3.0)], "places", "enfants"), None);
        }
    }

    #[test]
    fn une_estimation_se_dit_et_ne_se_compare_pas() {
        let estimee = Figure { statut: Statut::Estime, ..figure(1352.0) };
        assert_eq!(evolution(&estimee, 5, AM), None);
        assert_eq!(
            effectif(&estimee, ("place", "places"), "Aucune").unwrap(),
            "1\u{202f}352\u{a0}places en 2024 (valeur estimée)"
        );
        let partielle = Figure { parties: 1, ..figure(12.0) };
        assert_eq!(
            effectif(&partielle, AM, "Aucun").unwrap(),
            "12\u{a0}assistants maternels en 2024 (1\u{a0}commune sur 15)"
        );
    }

    #[test]
    fn zero_un_et_plusieurs() {
        let dit = |v: f64| effectif(&figure(v), AM, "Aucun").unwrap();
        assert_eq!(dit(0.0), "Aucun assistant maternel en 2024");
        assert_eq!(dit(1.0), "1\u{a0}assistant maternel en 2024");
        let flux = |a: f64, d: f64| super::flux(&figure(a), &figure(d), None).unwrap();
        assert_eq!(flux(12.0, 48.0), "48\u{a0}départs et 12\u{a0}arrivées d’assistants maternels en 2024");
        assert_eq!(flux(0.0, 1.0), "1\u{a0}départ et aucune arrivée d’assistants maternels en 2024");
        assert_eq!(flux(2.0, 0.0), "Aucun départ et 2\u{a0}arrivées d’assistants maternels en 2024");
        assert_eq!(flux(0.0, 0.0), "Ni arrivée ni départ d’assistants maternels en 2024");
        let estimee = Figure { statut: Statut::Estime, ..figure(0.0) };
        assert_eq!(
            super::flux(&estimee, &figure(0.0), Some(&figure(0.0))).unwrap(),
            "Ni arrivée ni départ d’assistants maternels en 2024 (valeur estimée)"
        );
        assert_eq!(
            super::flux(&figure(0.0), &figure(0.0), Some(&figure(-17.0))).unwrap(),
            "Ni arrivée ni départ connus en 2024, et pourtant 17\u{a0}assistants maternels de moins"
        );
        let sans = |v: f64| communes(&figure(v), "sans assistant maternel").unwrap();
        assert_eq!(sans(0.0), "Aucune commune sans assistant maternel en 2024");
        assert_eq!(sans(1.0), "1\u{a0}commune sans assistant maternel en 2024");
        assert_eq!(sans(3.0), "3\u{a0}communes sans assistant maternel en 2024");
    }

    #[test]
    fn parts_rapports_intervalles() {
        assert_eq!(
            part(&figure(32.69), "des places collectives").unwrap(),
            "32,7\u{202f}% des places collectives en 2024"
        );
        assert_eq!(
            rapport(&figure(97.5)).unwrap(),
            "97,5\u{a0}places d’accueil pour 100\u{a0}enfants de moins de 3\u{a0}ans en 2024"
        );
        assert_eq!(
            etendue(&[figure(45.4), tue(Statut::Secret), figure(140.2)], "places", "enfants").unwrap(),
            "De 45 à 140 places selon les communes"
        );
        let village = Figure { denominateur: Some(5.0), ..figure(0.0) };
        assert_eq!(
            etendue(&[figure(45.4), village, figure(140.2)], "places", "enfants").unwrap(),
            "De 45 à 140 places dans les communes de 20\u{a0}enfants ou plus"
        );
        let am = ("assistant maternel", "assistants maternels");
        assert_eq!(
            depuis(89.0, 72.0, (2019, 5), am),
            "Le nombre d’assistants maternels a diminué de 17 en cinq\u{a0}ans (89 en 2019)."
        );
        assert_eq!(depuis(2.0, 2.0, (2019, 5), am), "On en comptait autant en 2019.");
        assert_eq!(arrivees_par_an(&figure(28.3)).unwrap(), "28\u{a0}arrivées par an");
        assert_eq!(arrivees_par_an(&figure(0.3)).unwrap(), "moins d’une arrivée par an");
        assert_eq!(arrivees_par_an(&figure(0.0)).unwrap(), "aucune arrivée");
        assert!(reserve_de_projection(Some(&figure(29.0))).starts_with("Moins de 30"));
        assert_eq!(reserve_de_projection(Some(&figure(312.0))), "");
        let tenue = |tenus: f64, tous: f64| {
            let figure =
                Figure { numerateur: Some(tenus), denominateur: Some(tous), ..figure(100.0 * tenus / tous) };
            tenue_de_la_projection(Some(&figure)).replace('\u{a0}', " ")
        };
        let debut = "La même méthode, essayée 12 fois sur les années passées, ";
        for (tenus, suite) in [
            (12.0, "a toujours vu l’effectif entre ses bornes."),
            (11.0, "a vu l’effectif entre ses bornes 11 fois."),
            (10.0, "n’a vu l’effectif entre ses bornes que 10 fois : elles peuvent être trop étroites."),
            (0.0, "n’a jamais vu l’effectif entre ses bornes : elles sont trop étroites."),
        ] {
            assert_eq!(tenue(tenus, 12.0), format!("{debut}{suite}"));
        }
        assert_eq!(tenue_de_la_projection(Some(&tue(Statut::Secret))), "");
        assert_eq!(
            projection(SCENARIOS[1].1, &figure(141.0), &figure(175.0), AM).unwrap(),
            "Si personne n’arrivait, il resterait entre 141 et 175\u{a0}assistants maternels en 2024"
        );
        let note = Figure { denominateur: Some(101.0), ..figure(8.42) };
        assert_eq!(moyenne(&note, 10).unwrap(), "8,42 sur 10\u{a0}: la note moyenne de 101\u{a0}répondants");
    }
}
