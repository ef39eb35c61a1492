//! Contours of communes, from GeoJSON.
