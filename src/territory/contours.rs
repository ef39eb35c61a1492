//! Contours: brought to today's communes, valid, simplified without slivers.
