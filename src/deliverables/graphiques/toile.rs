//! The canvas: shapes and texts in millimetres, drawn by plotters into SVG, flattened by usvg, rasterised by resvg.
//!
//! Plotters draws in whole pixels and its text knows neither weight nor baseline; so a canvas counts
//! in twentieths of a millimetre, and texts are written beside the shapes, with metrics taken from
//! the embedded fonts. Text leaves the program as outlines: the picture is the same on a machine that
//! does not have the fonts; its words stay readable to a screen reader in `<title>` and `<desc>`.

use crate::deliverables::ErreurLivrable;
use crate::deliverables::look::{self, Couleur, Graisse, palette};
use crate::reprises::{Recette, Reprises};
use geo::{BooleanOps, Coord, LineString, MultiLineString, MultiPolygon, Polygon, Simplify, coord};
use plotters::backend::SVGBackend;
use plotters::prelude::DrawingBackend;
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, register_font};
use resvg::tiny_skia::{Color, Pixmap, PremultipliedColorU8, Transform};
use resvg::usvg::{self, fontdb};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// Canvas units in a millimetre.
const UNITES_PAR_MM: f64 = 20.0;
/// How far from its line a point may be left out, in canvas units: half a dot of the PNG.
const PAS_DE_LA_GRILLE: f64 = 1.0;
/// Millimetres in a typographic point.
const MM_PAR_POINT: f64 = 25.4 / 72.0;
/// Resolution of the PNG.
const POINTS_PAR_POUCE: f64 = 300.0;
/// Height of the capitals of the family, in em.
pub(crate) const CAPITALES: f64 = 0.714;
/// Sum of ascent and descent of the family, in em: what ab_glyph calls the size of a font.
const HAUTEUR_DE_FONTE: f64 = 2789.0 / 2048.0;

/// The same as PNG says it.
const POINTS_PAR_METRE: u32 = 11_811;

/// Points in millimetres.
pub(crate) const fn pt(points: f64) -> f64 {
    points * MM_PAR_POINT
}

/// Which point of a text its `x` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ancre {
    Debut,
    Milieu,
    Fin,
}

/// One line of text.
#[derive(Debug, Clone)]
pub(crate) struct Texte {
    pub(crate) contenu: String,
    /// Anchor, mm from the left.
    pub(crate) x: f64,
    /// Baseline, mm from the top.
    pub(crate) y: f64,
    /// Size, pt.
    pub(crate) corps: f64,
    pub(crate) graisse: Graisse,
    pub(crate) couleur: Couleur,
    pub(crate) ancre: Ancre,
    /// Colour of a rim around the letters, for text over a map.
    pub(crate) halo: Option<Couleur>,
}

impl Texte {
    /// A line in ink, anchored at its beginning.
    pub(crate) fn new(contenu: impl Into<String>, x: f64, y: f64, corps: f64) -> Self {
        Self {
            contenu: contenu.into(),
            x,
            y,
            corps,
            graisse: Graisse::Normal,
            couleur: palette::ENCRE,
            ancre: Ancre::Debut,
            halo: None,
        }
    }

    pub(crate) fn gras(mut self) -> Self {
        self.graisse = Graisse::Gras;
        self
    }

    pub(crate) fn italique(mut self) -> Self {
        self.graisse = Graisse::Italique;
        self
    }

    pub(crate) fn pale(self) -> Self {
        self.en(palette::ENCRE_PALE)
    }

    pub(crate) fn en(mut self, couleur: Couleur) -> Self {
        self.couleur = couleur;
        self
    }

    pub(crate) fn ancre(mut self, ancre: Ancre) -> Self {
        self.ancre = ancre;
        self
    }

    pub(crate) fn a(mut self, x: f64, y: f64) -> Self {
        (self.x, self.y) = (x, y);
        self
    }

    pub(crate) fn halo(mut self, couleur: Couleur) -> Self {
        self.halo = Some(couleur);
        self
    }

    /// Centres the capitals on a height instead of standing on it.
    pub(crate) fn centre_sur(mut self, y: f64) -> Self {
        self.y = y + pt(self.corps) * CAPITALES / 2.0;
        self
    }

    /// Width, mm.
    pub(crate) fn largeur(&self) -> f64 {
        largeur(&self.contenu, self.corps, self.graisse)
    }
}

/// The fonts of the program, read once.
struct Polices {
    base: Arc<fontdb::Database>,
}

/// The name under which plotters knows a cut: its own four styles lack the bold italic.
fn nom_plotters(graisse: Graisse) -> &'static str {
    match graisse {
        Graisse::Normal => "observatoire",
        Graisse::Gras => "observatoire-gras",
        Graisse::Italique => "observatoire-italique",
        Graisse::GrasItalique => "observatoire-gras-italique",
    }
}

fn polices() -> &'static Polices {
    static POLICES: OnceLock<Polices> = OnceLock::new();
    POLICES.get_or_init(|| {
        let mut base = fontdb::Database::new();
        for graisse in Graisse::TOUTES {
            base.load_font_data(graisse.fichier().to_vec());
            // The files come with the program: a refusal would show as a width of zero in the tests.
            let _ = register_font(nom_plotters(graisse), FontStyle::Normal, graisse.fichier());
        }
        base.set_sans_serif_family(look::FAMILLE);
        base.set_serif_family(look::FAMILLE);
        base.set_monospace_family(look::FAMILLE);
        base.set_cursive_family(look::FAMILLE);
        base.set_fantasy_family(look::FAMILLE);
        Polices { base: Arc::new(base) }
    })
}

/// Width of a line, mm: the sum of the advances, kerning left out (the drawn line is never wider).
pub(crate) fn largeur(texte: &str, corps: f64, graisse: Graisse) -> f64 {
    polices();
    // Measured at 10 000 units per em, because plotters answers in whole pixels.
    let taille = 10_000.0 * HAUTEUR_DE_FONTE;
    let fonte = FontDesc::new(FontFamily::Name(nom_plotters(graisse)), taille, FontStyle::Normal);
    let unites = fonte.layout_box(texte).map_or(0, |((gauche, _), (droite, _))| droite - gauche);
    f64::from(unites) / 10_000.0 * pt(corps)
}

/// Breaks a text at its breaking spaces so that no line is wider than `maximum` mm.
pub(crate) fn couper(texte: &str, maximum: f64, corps: f64, graisse: Graisse) -> Vec<String> {
    let mut lignes: Vec<String> = Vec::new();
    for mot in texte.split(' ').filter(|m| !m.is_empty()) {
        match lignes.last_mut() {
            Some(ligne) if largeur(&format!("{ligne} {mot}"), corps, graisse) <= maximum => {
                ligne.push(' ');
                ligne.push_str(mot);
            }
            _ => lignes.push(mot.to_owned()),
        }
    }
    // A year alone on the last line is a line of its own for nothing.
    if let [.., avant, seul] = lignes.as_mut_slice()
        && !seul.contains(' ')
        && avant.matches(' ').count() > 1
        && let Some((debut, mot)) = avant.clone().rsplit_once(' ')
        && largeur(&format!("{mot} {seul}"), corps, graisse) <= maximum
    {
        *seul = format!("{mot} {seul}");
        debut.clone_into(avant);
    }
    lignes
}

#[derive(Debug, Clone)]
enum Forme {
    Surface { points: Vec<Coord<f64>>, couleur: Couleur },
    Trait { points: Vec<Coord<f64>>, couleur: Couleur, epaisseur: f64 },
    Disque { centre: Coord<f64>, rayon: f64, couleur: Couleur },
}

/// A picture being drawn. Lengths in millimetres, origin at the top left.
#[derive(Debug, Clone)]
pub(crate) struct Toile {
    pub(crate) largeur: f64,
    pub(crate) hauteur: f64,
    formes: Vec<Forme>,
    textes: Vec<Texte>,
}

impl Toile {
    pub(crate) fn new(largeur: f64, hauteur: f64) -> Self {
        let mut toile = Self { largeur, hauteur, formes: Vec::new(), textes: Vec::new() };
        toile.rectangle(0.0, 0.0, largeur, hauteur, palette::PAPIER);
        toile
    }

    /// Fills a rectangle given by its left, top, right and bottom.
    pub(crate) fn rectangle(&mut self, x0: f64, y0: f64, x1: f64, y1: f64, couleur: Couleur) {
        let points = rectangle(x0, y0, x1, y1).exterior().0.clone();
        self.formes.push(Forme::Surface { points, couleur });
    }

    pub(crate) fn surface(&mut self, points: Vec<Coord<f64>>, couleur: Couleur) {
        self.formes.push(Forme::Surface { points, couleur });
    }

    /// Fills polygons, holes left empty: each hole is joined to the outer ring by a cut of no width.
    pub(crate) fn polygones(&mut self, polygones: &MultiPolygon<f64>, couleur: Couleur) {
        for polygone in polygones {
            let mut points = polygone.exterior().0.clone();
            let depart = points.first().copied();
            for trou in polygone.interiors() {
                points.extend(&trou.0);
                points.extend(depart);
            }
            self.surface(points, couleur);
        }
    }

    /// Draws the rings of polygons. A ring goes on to its second point, so that its first corner is
    /// joined like the others.
    pub(crate) fn bords(&mut self, polygones: &MultiPolygon<f64>, couleur: Couleur, epaisseur: f64) {
        for anneau in polygones.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
            let mut points = anneau.0.clone();
            points.extend(anneau.0.get(1));
            self.trait_(points, couleur, epaisseur);
        }
    }

    pub(crate) fn trait_(&mut self, points: Vec<Coord<f64>>, couleur: Couleur, epaisseur: f64) {
        if points.len() > 1 {
            self.formes.push(Forme::Trait { points, couleur, epaisseur });
        }
    }

    pub(crate) fn segment(&mut self, de: (f64, f64), a: (f64, f64), couleur: Couleur, epaisseur: f64) {
        self.trait_(vec![de.into(), a.into()], couleur, epaisseur);
    }

    /// A dashed segment: dashes of 1.2 mm, gaps of 0.9 mm.
    pub(crate) fn tirets(&mut self, de: (f64, f64), a: (f64, f64), couleur: Couleur, epaisseur: f64) {
        let (dx, dy) = (a.0 - de.0, a.1 - de.1);
        let longueur = dx.hypot(dy);
        let mut fait = 0.0;
        while fait < longueur {
            let (debut, fin) = (fait / longueur, (fait + 1.2).min(longueur) / longueur);
            let point = |part: f64| (de.0 + dx * part, de.1 + dy * part);
            self.segment(point(debut), point(fin), couleur, epaisseur);
            fait += 2.1;
        }
    }

    pub(crate) fn disque(&mut self, x: f64, y: f64, rayon: f64, couleur: Couleur) {
        self.formes.push(Forme::Disque { centre: coord! { x: x, y: y }, rayon, couleur });
    }

    /// The frame of a rectangle.
    pub(crate) fn cadre(&mut self, x0: f64, y0: f64, x1: f64, y1: f64, couleur: Couleur, epaisseur: f64) {
        self.trait_(rectangle(x0, y0, x1, y1).exterior().0.clone(), couleur, epaisseur);
    }

    /// Rising lines inside polygons: what is not available, or estimated.
    pub(crate) fn hachures(&mut self, zone: &MultiPolygon<f64>, pas: f64, couleur: Couleur, epaisseur: f64) {
        let Some(cadre) = geo::BoundingRect::bounding_rect(zone) else { return };
        let hauteur = cadre.height();
        let mut lignes = Vec::new();
        // Anchored on the canvas, so that neighbouring zones carry one continuous pattern.
        let mut x = ((cadre.min().x - hauteur) / pas).floor() * pas - cadre.max().y % pas;
        while x < cadre.max().x {
            lignes.push(LineString::from(vec![(x, cadre.max().y), (x + hauteur, cadre.min().y)]));
            x += pas;
        }
        for ligne in zone.clip(&MultiLineString(lignes), false) {
            self.trait_(ligne.0, couleur, epaisseur);
        }
    }

    /// Dots inside polygons: what is withheld.
    pub(crate) fn points(&mut self, zone: &MultiPolygon<f64>, pas: f64, couleur: Couleur, rayon: f64) {
        let Some(cadre) = geo::BoundingRect::bounding_rect(zone) else { return };
        let mut y = (cadre.min().y / pas).floor() * pas;
        let mut decale = false;
        while y < cadre.max().y {
            let mut x = (cadre.min().x / pas).floor() * pas + if decale { pas / 2.0 } else { 0.0 };
            while x < cadre.max().x {
                if geo::Contains::contains(zone, &coord! { x: x, y: y }) {
                    self.disque(x, y, rayon, couleur);
                }
                x += pas;
            }
            y += pas / 2.0;
            decale = !decale;
        }
    }

    pub(crate) fn texte(&mut self, texte: Texte) {
        self.textes.push(texte);
    }

    /// Ends the drawing.
    ///
    /// # Errors
    /// If a library refuses the drawing.
    pub(crate) fn terminer(self, nom: &str, legende: Legende) -> Result<Image, ErreurLivrable> {
        let erreur = |cause: String| ErreurLivrable::Dessin { nom: nom.to_owned(), cause };
        let mut svg = self.tracer().map_err(erreur)?;
        self.ecrire_textes(&mut svg);
        let (largeur, hauteur) = (self.largeur, self.hauteur);
        Ok(Image { nom: nom.to_owned(), legende, largeur, hauteur, dessin: svg, arbre: OnceLock::new() })
    }

    /// The shapes, by plotters.
    fn tracer(&self) -> Result<String, String> {
        let mut svg = String::new();
        let taille = (entier(self.largeur).unsigned_abs(), entier(self.hauteur).unsigned_abs());
        let mut fond = SVGBackend::with_string(&mut svg, taille);
        for forme in &self.formes {
            let fait = match forme {
                Forme::Surface { points, couleur } => {
                    fond.fill_polygon(sur_la_grille(points), &style(*couleur, 0.0))
                }
                Forme::Trait { points, couleur, epaisseur } => {
                    fond.draw_path(sur_la_grille(points), &style(*couleur, *epaisseur))
                }
                Forme::Disque { centre, rayon, couleur } => {
                    let centre = (entier(centre.x), entier(centre.y));
                    fond.draw_circle(centre, entier(*rayon).unsigned_abs(), &style(*couleur, 0.0), true)
                }
            };
            fait.map_err(|e| e.to_string())?;
        }
        fond.present().map_err(|e| e.to_string())?;
        drop(fond);
        // Inherited by every line: without it, sharp corners of borders grow thorns.
        Ok(svg.replacen("<svg ", "<svg stroke-linejoin=\"round\" ", 1))
    }

    /// The texts, before the end of the document.
    fn ecrire_textes(&self, svg: &mut String) {
        let fin = svg.rfind("</svg>").unwrap_or(svg.len());
        svg.truncate(fin);
        for texte in &self.textes {
            // Writing to a String cannot fail.
            let _ = writeln!(svg, "{}", balise(texte));
        }
        svg.push_str("</svg>\n");
    }
}

fn balise(texte: &Texte) -> String {
    let ancre = match texte.ancre {
        Ancre::Debut => "start",
        Ancre::Milieu => "middle",
        Ancre::Fin => "end",
    };
    let poids = if matches!(texte.graisse, Graisse::Gras | Graisse::GrasItalique) { 700 } else { 400 };
    let pente =
        if matches!(texte.graisse, Graisse::Italique | Graisse::GrasItalique) { "italic" } else { "normal" };
    let rebord = texte.halo.map_or_else(String::new, |couleur| {
        let epaisseur = pt(texte.corps) * UNITES_PAR_MM * 0.26;
        format!(" paint-order=\"stroke\" stroke=\"{}\" stroke-width=\"{epaisseur:.1}\"", hexa(couleur))
    });
    format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" font-family=\"{}\" font-size=\"{:.2}\" font-weight=\"{poids}\" \
         font-style=\"{pente}\" text-anchor=\"{ancre}\" fill=\"{}\"{rebord} xml:space=\"preserve\">{}</text>",
        texte.x * UNITES_PAR_MM,
        texte.y * UNITES_PAR_MM,
        look::FAMILLE,
        pt(texte.corps) * UNITES_PAR_MM,
        hexa(texte.couleur),
        echapper(&texte.contenu),
    )
}

/// What a picture says in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legende {
    /// The title printed on the picture.
    pub titre: String,
    /// Every figure of the picture, in a few sentences.
    pub description: String,
}

/// A finished picture.
#[derive(Debug, Clone)]
pub struct Image {
    /// Name of the files, without extension.
    pub nom: String,
    /// Title and description: the alternative text of a page that shows the picture.
    pub legende: Legende,
    /// Width, mm.
    pub largeur: f64,
    /// Height, mm.
    pub hauteur: f64,
    /// The drawing, its text as text.
    dessin: String,
    /// The same with its letters laid out; a picture that goes into a page does without.
    arbre: OnceLock<usvg::Tree>,
}

impl Image {
    fn arbre(&self) -> Result<&usvg::Tree, ErreurLivrable> {
        if let Some(arbre) = self.arbre.get() {
            return Ok(arbre);
        }
        let options = usvg::Options {
            font_family: look::FAMILLE.to_owned(),
            fontdb: Arc::clone(&polices().base),
            ..usvg::Options::default()
        };
        let arbre = usvg::Tree::from_str(&self.dessin, &options)
            .map_err(|e| ErreurLivrable::Dessin { nom: self.nom.clone(), cause: e.to_string() })?;
        Ok(self.arbre.get_or_init(|| arbre))
    }

    /// The SVG document: text as outlines, `<title>` and `<desc>` for those who do not see it.
    ///
    /// # Errors
    /// If a library refuses the drawing.
    pub fn svg(&self) -> Result<String, ErreurLivrable> {
        let ecriture = usvg::WriteOptions {
            coordinates_precision: 1,
            indent: usvg::Indent::None,
            ..usvg::WriteOptions::default()
        };
        let arbre = self.arbre()?;
        let corps = arbre.to_string(&ecriture);
        let contenu = corps.split_once('>').map_or("", |(_, contenu)| contenu);
        let taille = arbre.size();
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" \
             viewBox=\"0 0 {} {}\" role=\"img\" lang=\"fr\" xml:lang=\"fr\" \
             aria-labelledby=\"{nom}-titre {nom}-texte\">\n<title id=\"{nom}-titre\">{}</title>\n\
             <desc id=\"{nom}-texte\">{}</desc>\n{contenu}\n",
            self.largeur,
            self.hauteur,
            taille.width(),
            taille.height(),
            echapper(&self.legende.titre),
            echapper(&self.legende.description),
            nom = self.nom,
        ))
    }

    /// The picture for a page that has the fonts of the program: its text stays text, which is lighter, and
    /// the page reads it itself.
    pub(crate) fn svg_pour_page(&self) -> String {
        self.dessin.clone()
    }

    /// As [`Image::svg`], unless the same was written before.
    pub(crate) fn svg_garde(&self, reprises: &Reprises) -> Result<Arc<Vec<u8>>, ErreurLivrable> {
        reprises.obtenir(self.recette("svg"), || Ok(self.svg()?.into_bytes()))
    }

    /// As [`Image::png`], unless the same was drawn before: rasterising is what takes time.
    pub(crate) fn png_garde(&self, reprises: &Reprises) -> Result<Arc<Vec<u8>>, ErreurLivrable> {
        reprises.obtenir(self.recette("png"), || self.png())
    }

    fn recette(&self, genre: &'static str) -> Recette {
        let Self { nom, legende, largeur, hauteur, dessin, arbre: _ } = self;
        let taille = format!("{largeur} {hauteur}");
        [nom, &legende.titre, &legende.description, &taille, dessin]
            .into_iter()
            .fold(Recette::new(genre), |recette, texte| recette.octets(texte.as_bytes()))
    }

    /// The same picture as PNG, 300 dots per inch, its resolution said in the file.
    ///
    /// # Errors
    /// If there is not enough memory, or if the encoder refuses.
    pub fn png(&self) -> Result<Vec<u8>, ErreurLivrable> {
        let erreur = |cause: &str| ErreurLivrable::Dessin { nom: self.nom.clone(), cause: cause.to_owned() };
        let pixels = |mm: f64| {
            // A few thousand: neither truncated nor negative.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let pixels = (mm / 25.4 * POINTS_PAR_POUCE).round() as u32;
            pixels
        };
        let (largeur, hauteur) = (pixels(self.largeur), pixels(self.hauteur));
        let mut image = Pixmap::new(largeur, hauteur).ok_or_else(|| erreur("image trop grande"))?;
        image.fill(Color::WHITE);
        let arbre = self.arbre()?;
        let taille = arbre.size();
        let echelle =
            Transform::from_scale(largeur as f32 / taille.width(), hauteur as f32 / taille.height());
        resvg::render(arbre, echelle, &mut image.as_mut());
        let mut octets = Vec::new();
        let mut png = png::Encoder::new(&mut octets, largeur, hauteur);
        let donnees = if let Some((couleurs, numeros)) = numeroter(image.pixels()) {
            // Three times less to compress; no octet tells the next one.
            png.set_color(png::ColorType::Indexed);
            png.set_palette(couleurs);
            png.set_filter(png::Filter::NoFilter);
            numeros
        } else {
            png.set_color(png::ColorType::Rgb);
            image.pixels().iter().copied().flat_map(octets_de).collect()
        };
        png.set_depth(png::BitDepth::Eight);
        png.set_pixel_dims(Some(png::PixelDimensions {
            xppu: POINTS_PAR_METRE,
            yppu: POINTS_PAR_METRE,
            unit: png::Unit::Meter,
        }));
        let mut ecriture = png.write_header().map_err(|e| erreur(&e.to_string()))?;
        ecriture.write_image_data(&donnees).map_err(|e| erreur(&e.to_string()))?;
        ecriture.finish().map_err(|e| erreur(&e.to_string()))?;
        Ok(octets)
    }
}

/// Red, green, blue. The picture is opaque: its colours are as they were drawn.
fn octets_de(pixel: PremultipliedColorU8) -> [u8; 3] {
    [pixel.red(), pixel.green(), pixel.blue()]
}

/// The colours of a picture, one after the other, and the number of that of each pixel; none if there are more
/// of them than an octet counts.
fn numeroter(pixels: &[PremultipliedColorU8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut numeros_connus: HashMap<[u8; 3], u8> = HashMap::new();
    let mut couleurs = Vec::new();
    let mut numeros = Vec::with_capacity(pixels.len());
    // A pixel is mostly as the one before.
    for memes in pixels.chunk_by(|a, b| a == b) {
        let numero = match numeros_connus.entry(octets_de(memes[0])) {
            Entry::Occupied(connu) => *connu.get(),
            Entry::Vacant(nouveau) => {
                let numero = u8::try_from(couleurs.len() / 3).ok()?;
                couleurs.extend(nouveau.key());
                *nouveau.insert(numero)
            }
        };
        numeros.resize(numeros.len() + memes.len(), numero);
    }
    Some((couleurs, numeros))
}

/// A rectangle as a polygon.
pub(crate) fn rectangle(x0: f64, y0: f64, x1: f64, y1: f64) -> Polygon<f64> {
    geo::Rect::new(coord! { x: x0, y: y0 }, coord! { x: x1, y: y1 }).to_polygon()
}

/// Millimetres → whole canvas units.
fn entier(mm: f64) -> i32 {
    // A canvas is a few thousand units wide.
    #[allow(clippy::cast_possible_truncation)]
    let unites = (mm * UNITES_PAR_MM).round() as i32;
    unites
}

/// Points on the grid of the canvas, without those that nobody would see missing: they lie on the line between
/// others, or nearer to it than the grid is fine. The borders of a département are a third of what they were.
fn sur_la_grille(points: &[Coord<f64>]) -> Vec<(i32, i32)> {
    let ligne: LineString = points.iter().map(|p| (f64::from(entier(p.x)), f64::from(entier(p.y)))).collect();
    // Whole numbers, as they were.
    #[allow(clippy::cast_possible_truncation)]
    ligne.simplify(PAS_DE_LA_GRILLE).coords().map(|c| (c.x as i32, c.y as i32)).collect()
}

fn style(couleur: Couleur, epaisseur: f64) -> ShapeStyle {
    let (r, v, b) = couleur;
    ShapeStyle {
        color: RGBColor(r, v, b).into(),
        filled: true,
        stroke_width: entier(epaisseur).unsigned_abs().max(1),
    }
}

fn hexa((r, v, b): Couleur) -> String {
    format!("#{r:02x}{v:02x}{b:02x}")
}

fn echapper(texte: &str) -> String {
    texte.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
impl Image {
    /// Every text with the rectangle of its letters: left, top, right, bottom, mm.
    pub(crate) fn textes(&self) -> Vec<(String, [f64; 4])> {
        fn parcourir(groupe: &usvg::Group, trouves: &mut Vec<(String, [f64; 4])>) {
            for noeud in groupe.children() {
                match noeud {
                    usvg::Node::Group(groupe) => parcourir(groupe, trouves),
                    usvg::Node::Text(texte) => {
                        let contenu = texte.chunks().iter().map(usvg::TextChunk::text).collect();
                        let boite = texte.flattened().abs_bounding_box();
                        let bords = [boite.left(), boite.top(), boite.right(), boite.bottom()];
                        trouves.push((contenu, bords.map(|b| f64::from(b) / UNITES_PAR_MM)));
                    }
                    usvg::Node::Path(_) | usvg::Node::Image(_) => {}
                }
            }
        }
        let mut trouves = Vec::new();
        parcourir(self.arbre().unwrap().root(), &mut trouves);
        trouves
    }

    /// Fails if a text comes nearer to the edge than 4 mm, or touches another one.
    pub(crate) fn verifier_les_textes(&self) {
        self.verifier_les_textes_a(4.0);
    }

    /// The same for a picture of a page, which has no margin of its own.
    pub(crate) fn verifier_sans_superposition(&self) {
        self.verifier_les_textes_a(0.0);
    }

    fn verifier_les_textes_a(&self, marge: f64) {
        let textes = self.textes();
        assert!(textes.len() > 5, "{} : presque aucun texte", self.nom);
        for (rang, (texte, [x0, y0, x1, y1])) in textes.iter().enumerate() {
            let dedans =
                *x0 >= marge && *y0 >= marge && *x1 <= self.largeur - marge && *y1 <= self.hauteur - marge;
            assert!(dedans, "{} : « {texte} » sort du cadre ({x0:.1} {y0:.1} {x1:.1} {y1:.1})", self.nom);
            for (autre, [a0, b0, a1, b1]) in &textes[rang + 1..] {
                let touche = x0 < a1 && a0 < x1 && y0 < b1 && b0 < y1;
                assert!(!touche, "{} : « {texte} » touche « {autre} »", self.nom);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The measure that places every text, against the letters that usvg draws.
    #[test]
    fn la_mesure_est_celle_des_lettres_dessinees() {
        for (graisse, contenu) in [
            (Graisse::Normal, "1\u{202f}092 places pour 100 enfants"),
            (Graisse::Gras, "Assistants maternels agréés"),
            (Graisse::Italique, "n.d. : non disponible"),
        ] {
            let mut toile = Toile::new(160.0, 30.0);
            toile.texte(Texte { graisse, ..Texte::new(contenu, 10.0, 20.0, 12.0) });
            let legende = Legende { titre: String::new(), description: String::new() };
            let image = toile.terminer("mesure", legende).unwrap();
            let [x0, _, x1, bas] = image.textes()[0].1;
            let mesure = largeur(contenu, 12.0, graisse);
            assert!((x1 - x0 - mesure).abs() < 1.2, "{contenu} : {} mesuré {mesure}", x1 - x0);
            assert!((x0 - 10.0).abs() < 0.6 && (19.9..21.5).contains(&bas));
        }
    }

    #[test]
    fn les_couleurs_numerotees_sont_celles_de_l_image() {
        for (nombre, tient) in [(1u32, true), (256, true), (257, false)] {
            let mut image = Pixmap::new(nombre, 2).unwrap();
            for (rang, pixel) in (0u32..).zip(image.pixels_mut()) {
                let [rouge, vert, ..] = (rang / 2 % nombre).to_le_bytes();
                *pixel = PremultipliedColorU8::from_rgba(rouge, vert, 7, 255).unwrap();
            }
            let numerotees = numeroter(image.pixels());
            assert_eq!(numerotees.is_some(), tient, "{nombre} couleurs");
            let Some((couleurs, numeros)) = numerotees else { continue };
            let relues = numeros.iter().map(|n| &couleurs[usize::from(*n) * 3..][..3]);
            assert!(relues.eq(image.pixels().iter().copied().map(octets_de)), "{nombre} couleurs");
        }
    }

    #[test]
    fn chaque_signe_a_son_dessin() {
        let mut toile = Toile::new(160.0, 30.0);
        for (rang, signe) in ["\u{2212}", "’", "«", "Œ", "é", "%", "–"].into_iter().enumerate() {
            toile.texte(Texte::new(signe, 10.0 + 10.0 * rang as f64, 20.0, 12.0));
        }
        let legende = Legende { titre: String::new(), description: String::new() };
        let image = toile.terminer("signes", legende).unwrap();
        assert_eq!(image.textes().len(), 7);
        assert!(image.textes().iter().all(|(_, [x0, _, x1, _])| x1 - x0 > 0.3));
    }

    #[test]
    fn les_lignes_se_coupent_aux_espaces_qui_cedent() {
        let lignes = couper("Somme de 13\u{a0}communes sur 15 en 2019", 30.0, 8.0, Graisse::Normal);
        assert!(lignes.len() > 1);
        assert!(lignes.iter().all(|l| largeur(l, 8.0, Graisse::Normal) <= 30.0), "{lignes:?}");
        assert!(lignes.iter().any(|l| l.contains("13\u{a0}communes")));
    }

    #[test]
    fn le_png_dit_sa_resolution() {
        let legende = Legende { titre: "Titre".to_owned(), description: "Texte < 3".to_owned() };
        let mut toile = Toile::new(160.0, 100.0);
        toile.texte(Texte::new("Titre", 10.0, 20.0, 12.0));
        let image = toile.terminer("essai", legende).unwrap();
        let png = image.png().unwrap();
        assert_eq!(&png[16..24], [0, 0, 7, 98, 0, 0, 4, 157], "1 890 × 1 181 pixels");
        let phys = png.windows(4).position(|w| w == b"pHYs").unwrap();
        assert_eq!(png[phys + 4..phys + 13], [0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1]);
        // CRC-32 of the chunk, bit by bit.
        let crc = png[phys..phys + 13].iter().fold(u32::MAX, |crc, octet| {
            (0..8)
                .fold(crc ^ u32::from(*octet), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
        });
        assert_eq!((!crc).to_be_bytes(), png[phys + 13..phys + 17]);
        let svg = image.svg().unwrap();
        assert!(svg.contains("Texte &lt; 3</desc>") && !svg.contains("<text"));
        assert!(usvg::Tree::from_str(&svg, &usvg::Options::default()).is_ok());
    }

    #[test]
    fn les_hachures_ne_debordent_pas() {
        let zone: MultiPolygon<f64> = rectangle(20.0, 20.0, 40.0, 30.0).into();
        let mut toile = Toile::new(100.0, 100.0);
        toile.hachures(&zone, 1.5, palette::TRAME, 0.2);
        toile.points(&zone, 1.5, palette::TRAME, 0.2);
        let (mut lignes, mut disques) = (0, 0);
        for forme in &toile.formes {
            match forme {
                Forme::Trait { points, .. } => {
                    lignes += 1;
                    assert!(
                        points.iter().all(|p| (19.9..40.1).contains(&p.x) && (19.9..30.1).contains(&p.y))
                    );
                }
                Forme::Disque { centre, .. } => {
                    disques += 1;
                    assert!(geo::Contains::contains(&zone, centre));
                }
                Forme::Surface { .. } => {}
            }
        }
        assert!(lignes > 10 && disques > 50, "{lignes} lignes, {disques} points");
    }
}
