"""健康医疗: health."""
