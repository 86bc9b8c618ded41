SELECT LOWER(v.variable_name) AS name,
  /*!80000 v.variable_value AS value, i.variable_source AS origin, NULL AS standard, NULL AS type,
  NULL AS fixed, p.variable_value AS persisted, 'mysql' AS family */
  /*M! v.global_value AS value, v.global_value_origin AS origin, v.default_value AS standard,
  v.variable_type AS type, v.read_only AS fixed, NULL AS persisted, 'mariadb' AS family */
FROM /*!80000 performance_schema.global_variables v
  LEFT JOIN performance_schema.variables_info i ON i.variable_name = v.variable_name
  LEFT JOIN performance_schema.persisted_variables p ON p.variable_name = v.variable_name */
  /*M! information_schema.system_variables v */
WHERE v.variable_name = %s /*M! AND v.variable_scope <> 'SESSION ONLY' */
