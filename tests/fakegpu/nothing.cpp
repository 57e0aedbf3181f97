// cuBLAS needs cuBLASLt, of which the plug-in itself calls nothing.
