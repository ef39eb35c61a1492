//! Printed pages: two pages for each commune, accessible to those who do not see them, and the figures of the
//! table, nothing else.

use crate::commun::{Copie, Muet, demo, options, texte_par_lignes};
use observatoire::deliverables::look;
use observatoire::disclosure::{Audience, divulguer};
use observatoire::indicators::{Figure, Niveau, Statut, catalogue, indicateur};
use observatoire::pipeline::lancer;
use observatoire::reprises::Reprises;
use std::path::{Path, PathBuf};

fn pdfs() -> Vec<PathBuf> {
    let demo = demo();
    let tous = demo.compte_rendu.fichiers.iter().filter(|f| f.extension().is_some_and(|e| e == "pdf"));
    tous.map(|f| demo.compte_rendu.dossier.join(f)).collect()
}

/// The text of a PDF with single spaces, or none if the machine cannot extract it.
fn texte(chemin: &Path) -> Option<String> {
    let lignes = texte_par_lignes(chemin)?;
    Some(lignes.join(" ").split_whitespace().collect::<Vec<_>>().join(" "))
}

fn contient(octets: &[u8], motif: &str) -> usize {
    octets.windows(motif.len()).filter(|w| *w == motif.as_bytes()).count()
}

#[test]
fn chaque_commune_a_deux_pages_dans_chaque_dossier() {
    let fiches: Vec<PathBuf> =
        pdfs().into_iter().filter(|f| f.to_string_lossy().contains("/fiches/")).collect();
    assert_eq!(fiches.len(), 3 * 15);
    for fiche in fiches {
        let octets = std::fs::read(&fiche).unwrap();
        assert_eq!(contient(&octets, "/Type/Pages/Count 2"), 1, "{}", fiche.display());
    }
}

#[test]
fn les_pdf_sont_accessibles() {
    for pdf in pdfs() {
        let octets = std::fs::read(&pdf).unwrap();
        let nom = pdf.display();
        assert!(contient(&octets, "pdfuaid:part") > 0, "{nom} : PDF/UA");
        assert!(contient(&octets, "/Lang(fr-FR)") > 0, "{nom} : langue");
        assert!(contient(&octets, "/MarkInfo<</Marked true") > 0, "{nom} : balises");
        // A picture without a text in its place is refused by the library: as many texts as pictures.
        assert_eq!(contient(&octets, "/S/Figure"), contient(&octets, "/Alt"), "{nom} : images");
        assert!(contient(&octets, "D:20241231") > 0, "{nom} : la date est celle des chiffres");
    }
}

#[test]
fn les_fiches_portent_les_chiffres_de_la_table() {
    let demo = demo();
    for code in ["96001", "96009", "96013"] {
        let fiche =
            pdfs().into_iter().find(|f| f.to_string_lossy().contains(&format!("public/fiches/{code}-")));
        let Some(texte) = texte(&fiche.unwrap()) else { return };
        for id in ["am_agrees", "am_places", "places_total", "naissances", "enfants_0_2", "places_pour_100"] {
            let entree = indicateur(id).unwrap();
            let figure = demo.compte_rendu.table.figure(Niveau::Commune, code, id, "", 2024).unwrap();
            let ecrit = look::ecrire(&figure, entree).replace(['\u{a0}', '\u{202f}'], " ");
            let mots = texte.split(' ').collect::<Vec<_>>();
            assert!(mots.contains(&ecrit.as_str()), "{code} : {id} {ecrit} manque dans : {texte}");
        }
    }
}

#[test]
fn le_diaporama_porte_les_chiffres_publies() {
    for audience in ["interne", "elus", "public"] {
        let Some(texte) = texte(&demo().fichier(&format!("{audience}/diaporama.pdf"))) else { return };
        for attendu in [
            "La petite enfance en 2024",
            "95 assistants maternels de moins en cinq ans",
            "303 places chez les assistants maternels de moins en cinq ans",
            "32,7 % des places collectives",
        ] {
            assert!(texte.contains(attendu), "{audience} : {attendu} manque dans : {texte}");
        }
        // Two of the marks are withheld from the others: the mean would give them.
        let moyenne = texte.contains("8,42 sur 10 : la note moyenne de 101 répondants");
        assert_eq!(moyenne, audience == "interne", "{audience} : {texte}");
    }
}

/// The Caf withholds the children minded at home in ten communes of fifteen: the sum of the five others would read as
/// a total.
#[test]
fn une_somme_a_laquelle_des_communes_manquent_le_dit_a_cote_du_nombre() {
    let demo = demo();
    let figure = demo.territoire("enfants_cmg_domicile", "", 2023);
    assert!(figure.parties < figure.parties_attendues, "{figure:?}");
    // Nobody in the five communes that are known: that is not nobody in the territory.
    assert_eq!((figure.valeur, figure.statut), (None, Statut::SecretSource));
    let suivante = demo.territoire("enfants_cmg_domicile", "", 2024);
    let somme = |figure: &Figure| {
        let valeur = look::nombre(figure.valeur.unwrap(), 0);
        (valeur, format!("{}/{}", figure.parties, figure.parties_attendues))
    };
    let (nombre, parties) = somme(&suivante);
    for (fichier, attendu) in [
        ("interne/annexe-caf.pdf", format!("s. {nombre} ({parties} communes)")),
        ("elus/diagnostic-schema.pdf", format!("s. {nombre} ({parties} communes)")),
        ("public/diaporama.pdf", format!("s. {nombre} ({parties})")),
    ] {
        let Some(texte) = texte(&demo.fichier(fichier)) else { return };
        assert!(texte.contains(&attendu), "{fichier} : {attendu} manque dans : {texte}");
    }
    let gardes = demo.territoire("enfants_am", "", 2024);
    let attendu = format!(
        "{} ({}/{} communes)",
        look::nombre(gardes.valeur.unwrap(), 0),
        gardes.parties,
        gardes.parties_attendues
    );
    let fiche = pdfs().into_iter().find(|f| f.to_string_lossy().contains("elus/fiches/96001-")).unwrap();
    let texte = texte(&fiche).unwrap();
    assert!(texte.contains(&attendu), "{attendu} manque dans : {texte}");
}

/// Who reads these pages has no pipeline, and knows no identifier.
#[test]
fn les_pages_a_envoyer_parlent_francais() {
    let identifiants: Vec<&str> = catalogue().map(|i| i.id).filter(|id| id.contains('_')).collect();
    let interne = Path::new("interne");
    for pdf in pdfs() {
        let dossier = demo().compte_rendu.dossier.join(interne);
        if pdf.starts_with(&dossier) && !pdf.ends_with("annexe-caf.pdf") {
            continue;
        }
        let Some(texte) = texte(&pdf) else { return };
        for jargon in ["pipeline", "[[", "parametres", "parents_actifs", ".toml"].iter().chain(&identifiants)
        {
            assert!(!texte.contains(jargon), "{} dit « {jargon} » : {texte}", pdf.display());
        }
    }
}

#[test]
fn le_diagnostic_porte_les_chiffres_du_territoire() {
    let Some(texte) = texte(&demo().fichier("public/diagnostic-schema.pdf")) else { return };
    for attendu in [
        "312 assistants maternels agréés, pour 1 092 places",
        "Le nombre d’assistants maternels a diminué de 95 en cinq ans (407 en 2019).",
        "1 352 places d’accueil",
    ] {
        assert!(texte.contains(attendu), "{attendu} manque dans : {texte}");
    }
    for partie in
        ["1. L’offre", "2. Les besoins", "3. Les zones", "4. Les chiffres utiles", "Méthode et limites"]
    {
        assert!(texte.contains(partie), "{partie}");
    }
}

/// A list of the communes in tension that leaves out those whose class is withheld reads as if it were whole.
#[test]
fn le_diagnostic_nomme_les_communes_dont_la_classe_est_tue() {
    let demo = demo();
    let table = divulguer(&demo.compte_rendu.table, Audience::Elus, &[], &Reprises::en_memoire()).table;
    let classes = table.suivis_de("tension").filter(|s| s.modalite().is_empty());
    let tues = classes.filter(|suivi| {
        suivi.lieu().niveau == Niveau::Commune
            && suivi.figures().any(|f| f.annee == 2024 && f.statut == Statut::Secret)
    });
    let noms: Vec<String> = tues.map(|suivi| suivi.lieu().nom.replace('\'', "’")).collect();
    assert!(noms.len() > 1, "{noms:?}");
    let dit = "Classe non diffusée, secret statistique : ";
    let Some(elus) = texte(&demo.fichier("elus/diagnostic-schema.pdf")) else { return };
    let (_, suite) = elus.split_once(dit).expect("les communes dont la classe est tue");
    let suite = suite.split_once('.').unwrap().0;
    for nom in &noms {
        assert!(suite.contains(nom.as_str()), "{nom} : {suite}");
    }
    assert_eq!(suite.split(", ").count(), noms.len(), "{suite}");
    let interne = texte(&demo.fichier("interne/diagnostic-schema.pdf")).unwrap();
    assert!(!interne.contains(dit));
}

#[test]
fn le_releve_de_methode_ne_montre_les_contradictions_qu_au_relais() {
    let lire = |audience: &str| texte(&demo().fichier(&format!("{audience}/methode.pdf")));
    let (Some(interne), Some(public)) = (lire("interne"), lire("public")) else { return };
    assert!(interne.contains("Usage interne du relais") && !public.contains("Usage interne"));
    assert!(public.contains("le relais l’a dans son rapport interne"), "{public}");
    assert!(interne.contains("agrements_2024-12-31.xlsx"), "les fichiers sont nommés");
}

#[test]
fn le_releve_de_methode_dit_ce_qui_est_retenu() {
    for audience in ["interne", "elus", "public"] {
        let Some(texte) = texte(&demo().fichier(&format!("{audience}/methode.pdf"))) else { return };
        for dit in ["un nombre sensible de 1 à 4 personnes n’est pas montré", "sous 11 assistants maternels"]
        {
            assert!(texte.contains(dit), "{audience} : {texte}");
        }
        assert!(
            !texte.contains("commune par commune. D’autres"),
            "la démonstration n’a pas plus de 200 communes"
        );
    }
}

#[test]
fn ce_que_dit_un_fichier_n_est_jamais_du_balisage() {
    let copie = Copie::new();
    let dit = "#emph[x] $y$ <script>";
    let csv = format!("Commune;Restauration scolaire;Centre de loisirs\nOux;{dit};Mercredi\n");
    std::fs::write(copie.chemin("data/demo/services.csv"), csv).unwrap();
    copie.corriger_pipeline("communes/fiches_communes_2024.xlsx", "services.csv");
    let mut options = options(copie.dossier.path());
    options.livrables = vec!["fiches".to_owned()];
    let compte_rendu = lancer(&copie.pipeline(), &options, &Muet).unwrap();
    let Some(texte) = texte(&compte_rendu.dossier.join("public/fiches/96009-oux.pdf")) else { return };
    assert!(texte.contains(dit), "{texte}");
}

/// Where both classes of the oldest are withheld and their number is not, a pyramid that left them out would say that
/// nobody is sixty.
#[test]
fn les_plus_ages_se_lisent_ensemble_la_ou_leurs_classes_sont_tues() {
    let demo = demo();
    let montre = divulguer(&demo.compte_rendu.table, Audience::Elus, &[], &Reprises::en_memoire()).table;
    let lire = |id: &str, modalite: &str| {
        montre.figure(Niveau::Territoire, &demo.compte_rendu.code, id, modalite, 2024).unwrap()
    };
    let tues = ["60_64", "65_plus"].map(|classe| lire("pyramide_ages", classe).statut);
    assert_eq!(tues, [Statut::Secret; 2], "the demonstration has that case");
    let svg = std::fs::read_to_string(demo.fichier("elus/graphiques/pyramide-ages.svg")).unwrap();
    let ensemble = look::nombre(lire("part_60_plus", "").numerateur.unwrap(), 0);
    assert!(svg.contains(&format!("60 ans et plus\u{a0}: {ensemble}.")), "{ensemble}");
    assert!(!svg.contains("65 ans et plus"));
}
